
# Words that only the program knows: rules, formats, sensors of the dataset.
_sensortree_words() {
    local -a lines offered
    lines=("${(@f)$(sensortree completions -- $((CURRENT - 1)) "${(@Q)words}" 2> /dev/null)}")
    offered=("${(@)lines%%$'\t'*}")
    if [[ -z "${offered[1]}" ]]; then
        _sensortree "$@"
    elif [[ "${offered[1]}" == *= ]]; then
        compadd -S '' -a offered
    else
        lines=("${(@)lines/$'\t'/  -- }")
        compadd -l -d lines -a offered
    fi
}

compdef _sensortree_words sensortree
