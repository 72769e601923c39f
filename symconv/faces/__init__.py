"""How verdicts are shown: terminal, JSON, pytest. A face knows verdicts; it never decides one."""
