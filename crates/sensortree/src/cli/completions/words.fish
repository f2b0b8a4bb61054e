
# Words that only the program knows: rules, formats, sensors of the dataset.
function __sensortree_words
    set -l line (commandline -opc)
    set -l word (commandline -ct)
    if string match -qr '^--[a-z-]+=' -- "$word"
        set line $line (string replace -r '=.*' '' -- "$word")
        set word (string replace -r '^[^=]*=' '' -- "$word")
    end
    sensortree completions -- (count $line) $line "$word" 2>/dev/null
end

for flag in select ignore severity reference
    complete -c sensortree -n '__fish_seen_subcommand_from check fix apply config' -l $flag -x -a '(__sensortree_words)'
end
complete -c sensortree -n '__fish_seen_subcommand_from check' -l format -x -a '(__sensortree_words)'
complete -c sensortree -n '__fish_seen_subcommand_from fix' -l choose -x -a '(__sensortree_words)'
complete -c sensortree -n '__fish_seen_subcommand_from explain' -f -a '(__sensortree_words)'
