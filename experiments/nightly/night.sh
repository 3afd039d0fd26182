#!/usr/bin/env bash
# One night: the same study in the same folder, a sample of its runs made again, and what moved since the last night.
# Usage: night.sh STUDY.toml FOLDER [options of changeflow study]
# Exit: that of study if it is not 0 (3 a gate is missed, 5 out of time: the next night goes on), else 4 for any drift.
set -uo pipefail
study=$1 folder=$2
shift 2
changeflow=${CHANGEFLOW:-changeflow}

if [ -f "$folder/runs.csv" ]; then  # last night's tables; the store itself stays where it is, and grows
    rm -rf "$folder.before"
    mkdir -p "$folder.before"
    cp "$folder/manifest.json" "$folder/runs.csv" "$folder.before/"
fi

$changeflow study "$study" --out "$folder" --progress none "$@"
gates=$?
case $gates in 0 | 3) ;; *) exit $gates ;; esac

$changeflow verify "$folder" --sample 50 --progress none  # the same program must make the same bits
verified=$?
moved=0
if [ -d "$folder.before" ]; then
    $changeflow diff "$folder.before" "$folder"  # what a changed model, program or library did to the numbers
    moved=$?
fi

for code in $gates $verified $moved; do [ "$code" = 0 ] || exit "$code"; done
