"""Trust for TLS."""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.keep.rule import Rule, Want
from slimmer.values import EntryType

# Where OpenSSL, GnuTLS, Go, curl and Node look, by distribution.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
)
_VARIABLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
    "AWS_CA_BUNDLE",
)


class CertificatesRule(Rule):
    """The bundle in one file, which nearly all software reads; not the single certificates."""

    name = "certificates"
    summary = "the bundle of certificate authorities, and those that variables name"

    def begin(self) -> Iterable[Want]:
        for path in _BUNDLES:
            yield Want(path=path, detail="certificate authorities for TLS")
        for variable in _VARIABLES:
            path = self.context.request.variables.get(variable, "")
            entry = self.context.index.resolve(path).entry if path.startswith("/") else None
            if entry is not None and entry.type is EntryType.FILE:
                yield Want(path=path, detail=f"named by {variable}")
