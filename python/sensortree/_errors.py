"""What goes wrong before there is a report."""


class SensortreeError(Exception):
    """There is no report. Everything that this module raises of itself is one of these."""


class SensortreeNotFound(SensortreeError, FileNotFoundError):
    """The program ``sensortree`` is not where this package installs it, nor on the path."""


class PandasNotFound(SensortreeError, ImportError):
    """pandas is not installed, which `Report.to_pandas` needs and nothing else here does."""


class ProgramError(SensortreeError):
    """The program ended without a report that can be read: it was killed, or it is of another version than this module."""

    exit_code: int
    """How the program ended; negative where a signal ended it, as in `subprocess`."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code

    def __reduce__(self) -> "tuple[type[ProgramError], tuple[str, int]]":
        return type(self), (str(self), self.exit_code)


class UsageError(ProgramError, ValueError):
    """Wrong options or configuration, or the target is missing (exit code 2). The message is the program's own."""


class TargetUnreadable(ProgramError):
    """Nothing of the target could be read, so that there is nothing to judge (exit code 3). The message is the program's own.

    Where only parts could not be read there is a report, whose ``complete`` is false.
    """
