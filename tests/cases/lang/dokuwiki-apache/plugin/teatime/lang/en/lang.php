<?php $lang["drawn"] = "Drawn:";
