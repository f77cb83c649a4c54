# Makes sure that the browser tests have a Chromium: uses the one that is there, else installs Debian's as root.
command -v chromium >/dev/null && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0
fi
echo "No Chromium found: the browser tests will be skipped. Install the package 'chromium' to run them." >&2
