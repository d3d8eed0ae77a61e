<?php

throw new RuntimeException('the canvas is torn');
