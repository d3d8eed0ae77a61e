"""Why a target gave no answer: in words, whether another try would bring the same, and what its
user can do about it."""

from __future__ import annotations

import http.client
import re
import ssl
from typing import Final

from slimmer.probing.protocols import PROTOCOLS, protocol_of_port

_PLAIN: Final = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"})
"""What OpenSSL says of a server that answers in plain text."""
_NO_CERTIFICATE: Final = frozenset(
    {"TLSV13_ALERT_CERTIFICATE_REQUIRED", "SSLV3_ALERT_BAD_CERTIFICATE"}
)
_NOTHING_IN_COMMON: Final = frozenset(
    {
        *("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE"),
        *("SSLV3_ALERT_HANDSHAKE_FAILURE", "NO_SHARED_CIPHER", "NO_CIPHERS_AVAILABLE"),
        *("DH_KEY_TOO_SMALL", "EE_KEY_TOO_SMALL", "TLSV1_ALERT_INSUFFICIENT_SECURITY"),
    }
)

REFUSED: Final = "connection refused"
TOO_LATE: Final = "no answer in time"
CLOSED: Final = "the connection was closed without an answer"
_UNTRUSTED: Final = "its certificate is not trusted"
WANTS_CERTIFICATE: Final = "it asks for a client's certificate"
_HANDSHAKE: Final = "no TLS version or cipher in common"
_CUT: Final = "the answer broke off"
FOREIGN: Final = "not an HTTP answer"
NO_HTTP2: Final = "the port speaks no HTTP/2, which gRPC needs"
NO_TLS: Final = "the port speaks no TLS"
ASK_FOR_HTTPS: Final = "the port speaks TLS: ask for https://"
ELSEWHERE: Final = re.compile(f"^(?:{FOREIGN}|{CLOSED}|{NO_TLS})|{ASK_FOR_HTTPS}$")
"""Answers of a port that is not the one which was meant: of several, another one may be."""

NEEDS_TIME: Final = frozenset({REFUSED, TOO_LATE})
"""What only time may be the cause of."""
_ADVICE: Final = {
    _UNTRUSTED: "--insecure takes any certificate; SSL_CERT_FILE names the one to trust",
    WANTS_CERTIFICATE: "let a program that has one ask: a `host:` step of a plan, for example with "
    "curl --cert (docs/plans.md)",
    _HANDSHAKE: "the server speaks only old ones, or wants a client's certificate: let a program "
    "that can do that ask, in a `host:` step of a plan (docs/plans.md)",
    CLOSED: "the application listens, and hangs up: does its port speak what the probe asks for? A "
    "`tcp:` step of a plan can be told what to say",
    _CUT: "the application stops in the middle of its answer: its last lines are above",
    NO_HTTP2: "is it the application's gRPC port? --port names another one; a web server is asked "
    "with --http-probe",
    FOREIGN: "the port speaks another protocol: name the right one with --port, or ask with "
    "--grpc-probe, --websocket-probe, --exec-probe or a `tcp:` step of a plan",
}


def describe_failure(error: Exception) -> str:
    """Why there is no answer, in a few words."""
    if isinstance(error, ConnectionRefusedError):
        return REFUSED
    if isinstance(error, TimeoutError):
        return TOO_LATE
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{_UNTRUSTED}: {error.verify_message}"
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return CLOSED
    if isinstance(error, ssl.SSLError):
        return _of_tls(error)
    if isinstance(error, http.client.RemoteDisconnected | ConnectionResetError | BrokenPipeError):
        return CLOSED
    if isinstance(error, http.client.IncompleteRead):
        return _CUT
    if isinstance(error, http.client.HTTPException):
        return f"{FOREIGN} ({type(error).__name__})"
    return str(error) or type(error).__name__


def is_for_good(error: Exception) -> bool:
    """Whether the certificate or the protocol is wrong, so that another try would fail as well. A
    connection that is closed during the handshake is not: the engine's proxy does so until the
    application listens."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return True
    definite = _PLAIN | _NO_CERTIFICATE | _NOTHING_IN_COMMON
    return isinstance(error, ssl.SSLError) and error.reason in definite


def advice(answer: str, port: int | None = None) -> str:
    """What to do about a failure that `describe_failure` has described, of a probe at that port;
    empty where the words say it, or where they are of something else."""
    told = next((told for words, told in _ADVICE.items() if words in answer), "")
    if not answer.startswith((CLOSED, FOREIGN)):
        return told
    spoken = next((each for each in PROTOCOLS if answer.endswith(f"speaks {each.name}")), None)
    if spoken is not None:
        return spoken.advice
    usual = protocol_of_port(port)
    if usual is not None:
        return f"port {port} is the usual one of {usual.name}; if it is that, {usual.advice}"
    return told


def _of_tls(error: ssl.SSLError) -> str:
    if error.reason in _PLAIN:
        return NO_TLS
    if error.reason in _NO_CERTIFICATE:
        return WANTS_CERTIFICATE
    if error.reason in _NOTHING_IN_COMMON:
        return f"{_HANDSHAKE} ({error.reason})"
    return f"no TLS: {error.reason or error}"
