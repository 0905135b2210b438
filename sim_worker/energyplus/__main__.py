"""`python -m sim_worker.energyplus`: the former name of `python -m sim_worker.engine`."""

import sys

from sim_worker.engine.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
