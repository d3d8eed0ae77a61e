#!/bin/sh
# For any other CI: builds the image of this folder, slims it, and holds it to gates.
#
#     IMAGE=my-app:ci ci/slim.sh --http-probe /health
#
# Arguments go to `slim build`. SLIM_CACHE is the folder to keep between runs, SLIM_TRACE a trace in
# the repository instead, SLIM_CHECK the gates.
set -eu
: "${IMAGE:?say what the image is called: IMAGE=my-app:ci}"
command -v slim >/dev/null || { echo "slim is not installed: pip install 'slimmer-images[check]'" >&2; exit 127; }

docker build --tag "$IMAGE" .
if [ -n "${SLIM_TRACE:-}" ]; then
  slim build "$IMAGE" --from-trace "$SLIM_TRACE" --retrace \
    --tag "$IMAGE-slim" --report-dir slim-report/image "$@"
else
  slim build "$IMAGE" --cache-dir "${SLIM_CACHE:-.slim-cache}" \
    --tag "$IMAGE-slim" --report-dir slim-report/image "$@"
fi
# One word for each: no gate has a blank in it.
# shellcheck disable=SC2086
slim check "$IMAGE-slim" --report slim-report/image ${SLIM_CHECK:---max-size 1GB --no-setuid} \
  --format json --output slim-report/check.json
