"""What the number a command ends with means, and which error leads to which: two tables.

The errors stand here by name, so that ``hirewire --version`` need not import the layers that raise them.
"""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """Stable from release to release; scripts may rely on them. ``docs/reference/exit-codes.md`` shows this table."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> ExitCode:
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    OK = 0, "Everything was done."
    INCOMPLETE = 1, "It ran to the end, but records were refused, a check failed, or two sides differ."
    USAGE = 2, "The command line itself is wrong."
    SETTINGS = 3, "A setting is wrong or missing."
    UNREACHABLE = 4, "The platform cannot be reached, or does not answer as it should; the same command may work later."
    NOT_ALLOWED = 5, "The credentials were refused, or do not allow this."
    THROTTLED = 6, "A limit of the platform is used up; the message says until when."
    STORAGE = 7, "A database or file cannot be read or written."
    DEFECT = 70, "A mistake in hirewire itself; please report it."
    INTERRUPTED = 130, "Ended by Ctrl-C."
    READER_GONE = 141, "Nobody reads the output any more, as with `head` behind a pipe."


EXIT_CODES: dict[str, ExitCode] = {
    "hirewire.runtime.settings.SettingsError": ExitCode.SETTINGS,
    "hirewire.db.errors.DatabaseUrlError": ExitCode.SETTINGS,
    "hirewire.db.errors.DatabaseError": ExitCode.STORAGE,
    "hirewire.client.errors.ConfigurationError": ExitCode.SETTINGS,
    "hirewire.client.errors.VersionError": ExitCode.SETTINGS,
    "hirewire.client.errors.Unauthorized": ExitCode.NOT_ALLOWED,
    "hirewire.client.errors.Forbidden": ExitCode.NOT_ALLOWED,
    "hirewire.client.errors.Throttled": ExitCode.THROTTLED,
    "hirewire.client.errors.InvalidRequest": ExitCode.INCOMPLETE,
    "hirewire.client.errors.PartialFailure": ExitCode.INCOMPLETE,
    "hirewire.client.errors.HirewireError": ExitCode.UNREACHABLE,
    "hirewire.cli.demo.children.ChildEnded": ExitCode.INCOMPLETE,
    "builtins.OSError": ExitCode.STORAGE,
}
"""The most specific class of an error that stands here decides; an error without one is a defect."""


def exit_code_of(error: BaseException) -> ExitCode:
    """What an error means for whoever called the command.

    >>> exit_code_of(FileNotFoundError()).name, exit_code_of(ZeroDivisionError()).name
    ('STORAGE', 'DEFECT')
    """
    names = (f"{each.__module__}.{each.__qualname__}" for each in type(error).__mro__)
    return next((EXIT_CODES[name] for name in names if name in EXIT_CODES), ExitCode.DEFECT)
