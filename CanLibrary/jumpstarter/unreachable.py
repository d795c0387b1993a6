"""Why an exporter cannot be reached, and what to do."""

from __future__ import annotations

from can import CanInitializationError

from CanLibrary.jumpstarter.lease import has_ended
from CanLibrary.jumpstarter.problems import GONE, code_of, lease_over, or_lease, short
from CanLibrary.jumpstarter.target import Target


def connect_error(target: Target, error: BaseException, seconds: float) -> CanInitializationError:
    """Return the sentence for an exporter that cannot be reached, for so many seconds or because of an error."""
    where = f"The exporter at '{target.address}'"
    code, detail = code_of(error)
    if has_ended(target.lease):
        return CanInitializationError(lease_over(target))
    if code == "UNAUTHENTICATED":
        option = "--passphrase at 'jmp shell'" if target.of_this_shell else "passphrase_file="
        how = f"none was given; give it with {option}" if target.passphrase is None else "it is wrong"
        return CanInitializationError(f"{where} refused the passphrase: {how}.")
    if isinstance(error, TimeoutError):
        detail = f"it did not answer within {seconds:g} seconds"
    elif code in (*GONE, "DEADLINE_EXCEEDED") or type(error).__name__ == "ExporterUnreachableError":
        detail = _reason(target, detail)
    return CanInitializationError(f"{where} cannot be reached{or_lease(target)}: {detail.rstrip('.')}.")


def _reason(target: Target, detail: str) -> str:
    shell = target.of_this_shell
    trust = "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH" if shell else "ca_file="
    certificate = f"its certificate is not trusted here; name the one that vouches for it with {trust}"
    if target.ca_file is not None:
        certificate = f"ca_file={target.ca_file} does not vouch for its certificate"
    without_tls = "--tls-grpc-insecure at 'jmp shell'" if shell else "insecure=True"
    reasons = {  # by what is in gRPC's words
        "CERTIFICATE_VERIFY_FAILED": certificate,
        "Hostname Verification": "its certificate is for another name; give that one as its address",
        "WRONG_VERSION_NUMBER": f"it does not speak TLS; if that is meant, give {without_tls}",
        "Connection refused": "nobody listens there; start the exporter first",
        "No such file": "its socket is gone; the exporter, or the 'jmp shell' that made it, has ended",
        "Socket closed": "it hung up"
        + (f"; if it speaks TLS, leave {without_tls} out" if target.insecure else ""),
        "HTTP/2": "what answers there is no exporter",
        "lookup": "no computer of that name is known",
    }
    for theirs, ours in reasons.items():
        if theirs in detail:
            return ours
    return short(detail) or "nobody answers there"
