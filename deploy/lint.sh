#!/usr/bin/env bash
# Every check that runs nothing of the site: style, types, migrations, production settings, JavaScript syntax.
set -uo pipefail
failed=()

check() {
    local name=$1; shift
    if "$@"; then echo "ok    $name"; else echo "FAIL  $name"; failed+=("$name"); fi
}

javascript() {
    local file bad=0
    while IFS= read -r file; do
        [ -f "$file" ] || continue # deleted, and not committed yet
        node --input-type=module --check <"$file" || { echo "in $file"; bad=1; }
    done < <(git ls-files '*.js' '*.mjs')
    return $bad
}

data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT

check "ruff check" ruff check -q .
check "ruff format" ruff format -q --check .
check "mypy" env DEBUG=1 DATA_DIR="$data" mypy --no-error-summary
check "migrations are complete" env DEBUG=1 DATA_DIR="$data" python manage.py makemigrations --check --dry-run -v 0
check "check --deploy" env DATA_DIR="$data" SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    ALLOWED_HOSTS=chat.example.org ORIGINS=https://chat.example.org REDIS_URL=redis://127.0.0.1:6379/0 \
    DATABASE_URL=postgresql://watchroom@127.0.0.1/watchroom python manage.py check --deploy --fail-level WARNING
check "JavaScript parses" javascript

if [ ${#failed[@]} -gt 0 ]; then
    echo "lint failed: ${failed[*]}"
    exit 1
fi
