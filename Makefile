# Names some are used to, for the npm scripts that do the work.
.PHONY: run run-worker migrate migrate-down migrate-status migrate-create format lint test test-unit test-race

run:
	npm start

run-worker:
	npm start -- --role worker

migrate:
	npm run migrate

migrate-down:
	npm run migrate:down

migrate-status:
	npm run migrate:status

# make migrate-create message="add_new_field"
migrate-create:
	npm run migrate:create -- "$(message)"

format:
	npm run format

lint:
	npm run lint
	npm run types

test:
	npm test

test-unit:
	npm run test:unit

test-race:
	npm run test:race
