# What .ci/run is made of: a clone to work in, steps that are counted, and an end that leaves nothing behind.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
results=$root/results
logs=$results/ci
temp=$(mktemp -d)
clone=$temp/clone
passed=0 failed=0 number=0 broken=()

end() {
    trap - EXIT
    # shellcheck disable=SC2046  # one word for each process
    kill $(jobs -p) 2>/dev/null
    wait
    rm -rf "$temp"
}
trap end EXIT
trap 'exit 130' INT TERM HUP

# Nothing of this machine's or this shell's may decide what the tests see.
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONWARNINGS VIRTUAL_ENV PYTEST_ADDOPTS PYTEST_PLUGINS MYPYPATH
unset ROBOT_OPTIONS REBOT_OPTIONS ROBOT_SYSLOG_FILE GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
unset CAN_CONFIG CAN_INTERFACE CAN_CHANNEL CAN_BITRATE
export CI=${CI:-true} NO_COLOR=1 PYTHONNOUSERSITE=1 PYTHONUNBUFFERED=1 PYTHONUTF8=1
export PIP_CACHE_DIR=$temp/pip PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_PROGRESS_BAR=off
kernels=${XDG_CACHE_HOME:-$HOME/.cache}/canlibrary/kernel  # a download of 70 MB is not for every run
export XDG_CACHE_HOME=$temp/cache TMPDIR=$temp/tmp
# git refuses a checkout that belongs to somebody else, as one that root tests often does.
export GIT_CONFIG_GLOBAL=$temp/gitconfig GIT_CONFIG_NOSYSTEM=1
printf '[safe]\n\tdirectory = *\n' >"$GIT_CONFIG_GLOBAL"
mkdir -p "$TMPDIR"
rm -rf "$logs"
mkdir -p "$logs"

# step NAME COMMAND...: runs a command in the clone; it counts as one.
step() {
    _run check "$@"
}

# tests NAME COMMAND...: runs a command in the clone that runs pytest or robot; each of their tests counts.
tests() {
    _run tests "$@"
}

_run() {
    local kind=$1 name=$2 log code which begin=$SECONDS p=0 f=0
    shift 2
    number=$((number + 1))
    log=$logs/$(printf '%02d' "$number")-$(tr -cs 'A-Za-z0-9.' '-' <<<"${name:0:40}")
    log=${log%-}.log
    printf '\n== %s\n' "$name"
    if [ "$(type -t "$1")" = function ]; then
        ("$@") >"$log" 2>&1 &
    else
        (cd "$clone" && exec timeout --kill-after=20 900 "$@") >"$log" 2>&1 &
    fi
    wait $!
    code=$?
    if [ "$kind" = tests ]; then
        read -r p f < <(counts "$log")
        [ $((p + f)) -gt 0 ] || { echo "It ran no test." >>"$log" && code=1; }
    elif [ $code -eq 0 ]; then
        p=1
    fi
    [ $code -ne 124 ] || echo "It took more than 15 minutes and was ended." >>"$log"
    [ $code -eq 0 ] || [ "$f" -gt 0 ] || f=1
    passed=$((passed + p)) failed=$((failed + f))
    if [ "$f" -gt 0 ]; then
        which=$(failures "$log")
        broken+=("$name${which:+$'\n'$which}")
        tail -n 80 "$log"
    else
        tail -n 3 "$log"
    fi
    printf -- '-- %s passed, %s failed, %s s: %s\n' "$p" "$f" $((SECONDS - begin)) "$name"
    [ "$f" -eq 0 ]
}

# counts LOG: how many passed and failed by the closing lines of pytest and robot in a log.
counts() {
    awk '
        /^(=+ )?([0-9]+ [a-z]+, )*[0-9]+ [a-z]+ in [0-9.]+s/ {  # pytest
            for (word = 2; word <= NF; word++) {
                if ($word ~ /^passed,?$/) p += $(word - 1)
                if ($word ~ /^(failed|errors?),?$/) f += $(word - 1)
            }
        }
        /^[0-9]+ passed, [0-9]+ failed$/ { sum = 1; p += $1; f += $3 }  # atest/run.py
        /^[0-9]+ tests?, [0-9]+ passed, [0-9]+ failed/ { robot_p = $3; robot_f = $5 }  # robot: the last is the sum
        /^Kernel [^ ]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ {  # atest/kernel/run.py: the sum of its runs
            kernel = 1; p = $3; f = $5 + $7  # none may be skipped there
        }
        END { if (!sum && !kernel) { p += robot_p; f += robot_f } print p + 0, f + 0 }
    ' "$1"
}

# failures LOG: the tests of pytest and robot that failed, with what they say; far more than a few help nobody.
failures() {
    awk '
        /^(FAILED|ERROR) / { print "  " $0 }  # pytest
        /^[-=]+$/ || /^[0-9]+ tests?, / { test = ""; inside = 0 }  # robot: a line, or the sum of a suite
        test != "" { print "  " test; test = ""; inside = 1 }
        inside { print "    " $0 }
        /\| FAIL \|$/ { test = $0 }
    ' "$1" | head -n 40
}

# make_clone: the committed state and the changes to it. A file that nobody added is missing, as it would be for others.
make_clone() {
    git clone --quiet --no-hardlinks "$root" "$clone" || return
    git -C "$root" diff --binary HEAD >"$temp/changes" || return
    if [ -s "$temp/changes" ]; then
        echo "With changes that are not committed:"
        git -C "$root" diff --stat HEAD
        git -C "$clone" apply --whitespace=nowarn "$temp/changes" || return
    fi
    git -C "$clone" log --oneline -1
}

# readme_command WORD: the command line of the README that has this word.
readme_command() {
    grep -m1 "^python3 -m venv .*$1" "$clone/README.md" 2>/dev/null || echo "grep '^python3 -m venv .*$1' README.md"
}

# environment NAME PYTHON REQUIREMENT...: a virtual environment in $temp/NAME with the checkout in it.
environment() {
    local name=$1 python=$2
    shift 2
    # shellcheck disable=SC2016
    step "Install: $name" bash -c '"$1" -m venv --clear "$2" && exec "$2/bin/pip" install "${@:3}"' - \
        "$python" "$temp/$name" -e ".[test]" "$@"
}

# oldest: the lowest versions that pyproject.toml admits, with their patches: python-can>=4.5 gives python-can==4.5.*
oldest() {
    sed -n '/^dependencies = \[/,/^\]/s/^ *"\([A-Za-z-]*\)>=\([0-9.]*\)".*/\1==\2.*/p' "$clone/pyproject.toml"
}

# pyenv_python VERSION: the newest python of this version that pyenv offers, or nothing.
pyenv_python() {
    local versions=${PYENV_ROOT:-$HOME/.pyenv}/versions
    find "$versions" -mindepth 3 -maxdepth 3 -path "*/$1.*/bin/python" 2>/dev/null | sort -V | tail -n 1
}

# finish: the sum of it all, as the last line and as the exit code.
finish() {
    printf '\nLogs are in results/ci. It took %d min %d s.\n' $((SECONDS / 60)) $((SECONDS % 60))
    grep -h '^Kernel [^ ]*: [0-9]* passed' "$logs"/*.log
    [ ${#broken[@]} -eq 0 ] || printf 'Failed: %s\n' "${broken[@]}"
    printf '%s passed, %s failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ]
    exit
}
