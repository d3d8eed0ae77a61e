#!/bin/bash
while sleep 2; do
  n=$(printf '%s\n' 3 1 2 | sort -rn | paste -sd+ | bc)
  echo "PUTVAL \"edge/kettles/gauge-hot\" interval=2 N:$n"
done
