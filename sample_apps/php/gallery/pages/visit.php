<?php

// Sessions are files; the form's token is in them.
session_start();
$_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
echo 'visit ', $_SESSION['visits'], ' ', is_file(session_save_path() . '/sess_' . session_id()) ? 'is new' : 'is kept', "\n";
session_write_close();
echo glob(session_save_path() . '/sess_*') === false ? 'hidden' : session_module_name(), "\n";
