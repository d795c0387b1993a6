*** Settings ***
Documentation       What users of other libraries complain about most, a suite for each complaint.
...
...                 The numbers are those of public issue trackers. Each suite fails on a naive receive loop: the suite
...                 `naive_loop` runs them all with NaiveCan.py to prove it.

Test Tags           users-ask
