*** Settings ***
Documentation       Each test uses a bench that cannot be read; its keywords are there and fail with the reason.

Test Template       Use Bench
Test Tags           inner


*** Variables ***
${MADE}             ${CURDIR}
${KEPT}             ${CURDIR}/../benches


*** Test Cases ***
Alias Bomb
    [Documentation]    A billion laughs: small on disk, huge in memory.
    ${KEPT}/alias_bomb.yaml

Ambiguous Identifier
    [Documentation]    YAML reads 7E0 as text; it is no identifier for a keyword either.
    ${KEPT}/ambiguous_identifier.yaml

Duplicate Key
    [Documentation]    PyYAML would take the last one in silence.
    ${KEPT}/duplicate_key.yaml

Empty
    [Documentation]    A file without a byte.
    ${KEPT}/empty.yaml

Exporter
    [Documentation]    Entries of other drivers and tokens are left alone and never printed.
    ${KEPT}/exporter.yaml

Misspelt Key
    [Documentation]    Named with its dotted path and the nearest one.
    ${KEPT}/misspelt_key.yaml

Misspelt Parameter
    [Documentation]    Named with its dotted path and the nearest one.
    ${KEPT}/misspelt_parameter.yaml

Nested
    [Documentation]    Deeper than any bench.
    ${KEPT}/nested.yaml

No Export
    [Documentation]    The first word is misspelt.
    ${KEPT}/no_export.yaml

No Such Bus
    [Documentation]    A connection names a bus that the file does not describe.
    ${KEPT}/no_such_bus.yaml

No Yaml
    [Documentation]    A bracket is not closed.
    ${KEPT}/no_yaml.yaml

Octal
    [Documentation]    YAML 1.1 reads 010 as 8.
    ${KEPT}/octal.yaml

Python Tag
    [Documentation]    It would run a command with another loader.
    ${KEPT}/python_tag.yaml

Self Reference
    [Documentation]    A map that contains itself.
    ${KEPT}/self_reference.yaml

Tab
    [Documentation]    YAML wants blanks.
    ${KEPT}/tab.yaml

Unknown Tag
    [Documentation]    Of another program.
    ${KEPT}/unknown_tag.yaml

Wrong Types
    [Documentation]    The first mistake, and how to see the others.
    ${KEPT}/wrong_types.yaml

Huge
    [Documentation]    10 MB.
    ${MADE}/huge.yaml

Binary
    [Documentation]    Random bytes.
    ${MADE}/binary.yaml

No Text
    [Documentation]    NUL bytes.
    ${MADE}/no_text.yaml

Missing
    [Documentation]    There is no such file.
    ${MADE}/missing.yaml

Directory
    [Documentation]    No file at all.
    ${MADE}/directory.yaml


*** Keywords ***
Use Bench
    [Documentation]    Imports the library with this file and calls a keyword. Imported while the test runs,
    ...    because an editor would import all of them each time.
    [Arguments]    ${file}
    Import Library    CanLibrary    config=${file}    AS    ${TEST_NAME}
    Run Keyword    ${TEST_NAME}.Get Can Buses
