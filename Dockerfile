# The bot as an image: no secret, no compiler and no root inside. Settings come from the environment, see README.md.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/ikmpay
# What it needs comes first, so that a changed line of code does not download everything again.
COPY pyproject.toml ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
      > requirements.txt \
 && /opt/ikmpay/bin/pip install --no-cache-dir --quiet -r requirements.txt
COPY README.md ./
COPY bot ./bot
COPY handlers ./handlers
COPY wallet ./wallet
COPY storage ./storage
COPY locales ./locales
RUN /opt/ikmpay/bin/pip install --no-cache-dir --quiet --no-deps .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin ikmpay \
 && install -d -o ikmpay -g ikmpay -m 0700 /data
COPY --from=build /opt/ikmpay /opt/ikmpay
ENV PATH=/opt/ikmpay/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data HOST=0.0.0.0 PORT=8080
USER ikmpay
WORKDIR /data
VOLUME /data
EXPOSE 8080
# SIGTERM lets what is under way finish; compose and systemd then wait half a minute before they insist.
STOPSIGNAL SIGTERM
ENTRYPOINT ["ikmpay"]
CMD ["run"]
