<?php $lang["drawn"] = "Gezeichnet:";
