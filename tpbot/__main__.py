"""`python -m tpbot`."""

import sys

from tpbot.cli import main

sys.exit(main())
