"""What goes wrong with guests, in a sentence."""


class GuestTrouble(Exception):
    """A guest cannot be fetched, found or started; the text says what to do next."""


class GuestUsage(GuestTrouble):
    """A name that is none."""
