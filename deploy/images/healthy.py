"""Health check of images: `healthy.py PORT PATH` exits with 0 when the container's process answers PATH with 200."""

import http.client
import sys


def main(port: str, path: str) -> int:
    """Returns 0 when the response has status 200, else 1."""
    # Not urllib: it would use a proxy that the container's environment may define.
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
