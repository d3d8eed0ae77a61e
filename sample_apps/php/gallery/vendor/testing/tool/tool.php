<?php
// A tool for developers.
