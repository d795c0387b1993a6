*** Settings ***
Documentation       Hostile and broken bench files: one clear sentence each, never a traceback, never code execution.

Library             OperatingSystem
Library             ../resources/InnerRuns.py

Suite Setup         Use Every Bench

Test Tags           configuration


*** Test Cases ***
Alias Bomb
    [Documentation]    A billion laughs: small on disk, huge in memory.
    Inner Test Should Have Failed    Alias Bomb
    ...    *alias_bomb.yaml: line 5, column 8: there are more than 20000 values, aliases (*) written out.

Ambiguous Identifier
    [Documentation]    YAML reads 7E0 as text; it is no identifier for a keyword either.
    Inner Test Should Have Failed    Ambiguous Identifier
    ...    *ambiguous_identifier.yaml: export.diag.config.address.txid: '7E0' can be read in two ways,
    ...    hexadecimal 0x7E0 or the number 7: write 0x7E0.

Duplicate Key
    [Documentation]    PyYAML would take the last one in silence.
    Inner Test Should Have Failed    Duplicate Key
    ...    *duplicate_key.yaml: line 5, column 3: the key 'body' is there twice (first on line 2).

Empty
    [Documentation]    A file without a byte.
    Inner Test Should Have Failed    Empty    *empty.yaml: it is empty; a bench begins with export:.

Exporter
    [Documentation]    Entries of other drivers and tokens are left alone and never printed.
    Inner Test Should Have Failed    Exporter
    ...    *exporter.yaml: export.broken.config.params.stmin: stmin=200 is not possible: stmin is 0 to 127
    ...    (milliseconds) or 0xF1 to 0xF9 (100 to 900 microseconds).

Misspelt Key
    [Documentation]    Named with its dotted path and the nearest one.
    Inner Test Should Have Failed    Misspelt Key
    ...    *misspelt_key.yaml: export.body.config.chanel: unknown key; did you mean 'channel'? If the interface
    ...    has an option 'chanel', write it under options.

Misspelt Parameter
    [Documentation]    Named with its dotted path and the nearest one.
    Inner Test Should Have Failed    Misspelt Parameter
    ...    *misspelt_parameter.yaml: export.diag.config.params.blocksise: unknown parameter; did you mean
    ...    'blocksize'?

Nested
    [Documentation]    Deeper than any bench.
    Inner Test Should Have Failed    Nested
    ...    *nested.yaml: line 1, column 48: this is nested more than 40 levels deep.

No Export
    [Documentation]    The first word is misspelt.
    Inner Test Should Have Failed    No Export    *no_export.yaml: export: missing; the file has 'exports'.

No Such Bus
    [Documentation]    A connection names a bus that the file does not describe.
    Inner Test Should Have Failed    No Such Bus
    ...    *no_such_bus.yaml: export.diag.config.bus: no bus 'bdy' in this file; did you mean 'body'?

No Yaml
    [Documentation]    A bracket is not closed.
    Inner Test Should Have Failed    No Yaml
    ...    *no_yaml.yaml: line 2, column 1: the file ends before a bracket is closed.

Octal
    [Documentation]    YAML 1.1 reads 010 as 8.
    Inner Test Should Have Failed    Octal
    ...    *octal.yaml: export.diag.config.address.txid: 010 is octal in YAML and means 8; write 8, 10 or 0x10.

Python Tag
    [Documentation]    It would run a command with another loader.
    Inner Test Should Have Failed    Python Tag
    ...    *python_tag.yaml: line 4, column 43: the tag !!python/object/apply:os.system would run Python code;
    ...    a bench holds plain values.
    File Should Not Exist    ${EXECDIR}/hacked

Self Reference
    [Documentation]    A map that contains itself.
    Inner Test Should Have Failed    Self Reference
    ...    *self_reference.yaml: line 2, column 9: an alias (*) contains itself.

Tab
    [Documentation]    YAML wants blanks.
    Inner Test Should Have Failed    Tab    *tab.yaml: line 2, column 1: a tab stands where YAML wants blanks.

Unknown Tag
    [Documentation]    Of another program.
    Inner Test Should Have Failed    Unknown Tag
    ...    *unknown_tag.yaml: line 4, column 43: unknown tag; a bench holds plain values, so quote text that
    ...    begins with '!'.

Wrong Types
    [Documentation]    The first mistake, and how to see the others.
    Inner Test Should Have Failed    Wrong Types
    ...    *wrong_types.yaml: export.diag.config.params.blocksize: blocksize='many' is not possible: blocksize
    ...    is an integer. (and 2 more: python -m CanLibrary check *wrong_types.yaml shows all)

Huge
    [Documentation]    10 MB.
    Inner Test Should Have Failed    Huge    *huge.yaml: it is larger than 1 MB, which no bench is.

Binary
    [Documentation]    Random bytes.
    Inner Test Should Have Failed    Binary    *binary.yaml: line 1: it is not UTF-8 text; save it as UTF-8.

No Text
    [Documentation]    NUL bytes.
    Inner Test Should Have Failed    No Text    *no_text.yaml: it is no text: it contains NUL bytes.

Missing
    [Documentation]    There is no such file.
    Inner Test Should Have Failed    Missing    *missing.yaml: there is no such file.

Directory
    [Documentation]    No file at all.
    Inner Test Should Have Failed    Directory    *directory.yaml: it is a directory, not a file.

Every Reason Is Logged When The Library Is Imported
    [Documentation]    As an error, once for each bench, and no secret of the files is among them.
    Inner Run Should Warn    @{{ ['CanLibrary cannot be used: *.yaml: *'] * 22 }}
    Inner Console Should Not Contain    very-secret

Nothing Is Left
    [Documentation]    No thread, no bus, no traceback.
    Inner Run Should Leave Nothing


*** Keywords ***
Use Every Bench
    [Documentation]    Makes the files that are too large or too odd to keep, and runs the inner suite once.
    VAR    ${made}    ${OUTPUT DIR}/benches
    Create Directory    ${made}/directory.yaml
    Create File    ${made}/huge.yaml    ${{ 'export: {} # padding\n' * 500000 }}
    Create Binary File    ${made}/binary.yaml    ${{ bytes(range(128, 256)) }}
    Create Binary File    ${made}/no_text.yaml    ${{ b'export: ' + bytes(10) }}
    Remove File    ${made}/missing.yaml
    Run Inner Suite    ${CURDIR}/_suites/hostile_benches.robot    --variable    MADE:${made}
