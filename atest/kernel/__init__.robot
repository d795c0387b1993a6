*** Settings ***
Documentation       What needs a Linux kernel with CAN. `python atest/kernel/run.py` runs it.

Test Tags           kernel
