"""How verdicts are shown: terminal, JSON, pytest. A face knows verdicts; it never decides one.

loading    from what a user types to claims
panels     what a picture holds
attempt    one claim proved in this process, whatever it does
worker     one file imported and proved in a process of its own
runner     many files, many workers, one order
outcome    what became of one target
text       outcomes as plain text
cli, script, pytest_plugin    the three doors
"""
