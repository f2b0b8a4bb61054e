#!/usr/bin/env bash
# How long listings of many files take, and how much memory: the check of one, and the plan of a
# million renames. `benches/listing.sh [PROGRAM]`; it needs GNU time, and 1 GB in the folder for
# temporary files. What a run printed is kept in benches/results/listing.txt. The listings name no
# metadata.json, so that the exit code of a check is 1.
set -euo pipefail
program=${1:-target/release/sensortree}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# A LiDAR and two cameras, 100 scenes a week apart, as many frames each as $1 says. The cameras'
# clocks are ahead by $2 hours, and their stamps up to $3 ms off. $4 begins each line.
names() {
    awk -v frames="$1" -v hours="$2" -v jitter="$3" -v begin="${4-}" 'BEGIN {
        srand(1)
        split("lidar-top camera-front camera-rear", sensor)
        split("pcd jpg jpg", suffix)
        split("0 " hours, ahead)
        for (s = 1; s <= 3; s++) for (scene = 0; scene < 100; scene++) {
            start = 1681532060061 + ahead[s] * 3600000 + scene * 604800000
            for (k = 0; k < frames; k++) {
                off = s > 1 && jitter ? int(rand() * (2 * jitter + 1)) - jitter : 0
                stamp = start + k * 100 + off
                printf "%s%s/scene_%04d/%.0f.%s\n", begin, sensor[s], scene, stamp, suffix[s]
            }
        }
    }'
}

# Runs a command of the program three times on a listing; what it says of the dataset is left out.
run() {
    local name=$1 command=$2 code
    for _ in 1 2 3; do
        code=0
        /usr/bin/time --quiet --format '%e s, %U s + %S s of CPU, %M KiB' --output "$folder/took" \
            "$program" "$command" --listing "$folder/$name" >/dev/null 2>&1 || code=$?
        echo "$name: $command: $(cat "$folder/took"), exit code $code"
    done
}

"$program" --version
names 5000 '8 13' 0 >"$folder/steady"
names 5000 '8 13' 3 >"$folder/jittered"
wc -l "$folder/steady" | awk '{ print $1 " paths in steady and in jittered, clocks apart" }'
for name in steady jittered; do
    run "$name" check
    run "$name" fix
done
names 33334 '0 0' 0 '2023-04-15 12:14:20    1048576 drive/' >"$folder/aws"
wc -l "$folder/aws" | awk '{ print $1 " lines as of aws s3 ls in aws, all clocks alike" }'
run aws check
