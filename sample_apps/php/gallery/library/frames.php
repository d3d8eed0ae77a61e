<?php

function frame(string $text): string
{
    return "[ $text ]";
}
