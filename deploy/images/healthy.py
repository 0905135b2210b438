"""An image's health check: `healthy.py PORT PATH` ends with 0 when this container's process answers 200 there."""

import http.client
import sys


def main(port: str, path: str) -> int:
    """0 when it is well, 1 when not."""
    # Not urllib: it would ask the proxy that the container may be told of.
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
    except OSError as error:
        print(error)
        return 1
    print(answer.read(1000).decode(errors="replace"))
    return 0 if answer.status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
