
# Words that only the program knows: rules, formats, sensors of the dataset.
_sensortree_words() {
    local words=("${COMP_WORDS[@]}") offered line
    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        words[COMP_CWORD]="$2"
    fi
    offered="$(sensortree completions -- "$COMP_CWORD" "${words[@]}" 2> /dev/null)"
    if [[ -z "$offered" ]]; then
        _sensortree "$@"
        return
    fi
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("${line%%$'\t'*}")
    done <<< "$offered"
    if [[ "${COMPREPLY[0]}" == *= ]]; then
        compopt -o nospace 2> /dev/null
    fi
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _sensortree_words -o nosort -o bashdefault -o default sensortree
else
    complete -F _sensortree_words -o bashdefault -o default sensortree
fi
