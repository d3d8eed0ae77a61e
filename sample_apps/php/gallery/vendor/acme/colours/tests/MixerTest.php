<?php
// Tests: nobody runs them in production.
