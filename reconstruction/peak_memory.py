"""How much memory the program has taken so far."""


def peak_memory_bytes() -> int | None:
    """Give the larger peak of this process and of those it started; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) * 1024
