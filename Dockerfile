# Payonce as an image: Node and the packages it needs to run, no compiler, no shell tools, no root.
# The embedded PostgreSQL is an optional package and is left out: set DATABASE_URL.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package needs a script of its own to run, and none is given the chance.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:${NODE_VERSION}-bookworm-slim
ENV NODE_ENV=production APP_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY bin bin
COPY scripts/migrate.ts scripts/
COPY migrations migrations
COPY src src
USER node
EXPOSE 8000 8001
# SIGTERM drains; the exec form makes Node the process that gets it.
CMD ["node", "src/main.ts"]
