"""One Hypothesis profile for all: the same examples in every run, and no complaint about a slow or busy machine."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "symconv",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("symconv")
