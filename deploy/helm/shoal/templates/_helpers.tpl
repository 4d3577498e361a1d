{{/* The pipeline as its file has it, less what only the chart reads. */}}
{{- define "shoal.pipeline" -}}
{{- $pipeline := omit .Values "kubernetes" "local" "global" -}}
{{- if .Values.features -}}
{{- $pipeline = set (deepCopy $pipeline) "features" "features.yaml" -}}
{{- end -}}
{{ toYaml $pipeline }}
{{- end -}}

{{/* What cannot be left out on a cluster, and what does not go together. */}}
{{- define "shoal.check" -}}
{{- $_ := required "name: say how the pipeline is called" .Values.name -}}
{{- $_ := required "kafka.bootstrap.servers: say where Kafka is; a cluster brings none" (index .Values.kafka "bootstrap.servers") -}}
{{- $_ := required "kafka.schema.registry.url: say where the schema registry is" (index .Values.kafka "schema.registry.url") -}}
{{- if and .Values.features (not .Values.kubernetes.featureSet) -}}
{{- fail (printf "kubernetes.featureSet: give the text of %s: --set-file kubernetes.featureSet=%s ('shoal deploy' does so)" .Values.features .Values.features) -}}
{{- end -}}
{{- if and (eq .Values.kubernetes.trainer "flink") (not .Values.kubernetes.checkpoints) -}}
{{- fail "kubernetes.checkpoints: a Flink job needs a folder that all nodes reach, such as s3://bucket/cards; or set kubernetes.trainer to pod" -}}
{{- end -}}
{{- if and (gt (int .Values.kubernetes.registryReplicas) 1) (not (include "shoal.jdbc" .)) -}}
{{- fail "kubernetes.registryReplicas: more than one need a database that they share: set registry's jdbc.url" -}}
{{- end -}}
{{- $registry := default dict .Values.registry -}}
{{- if not (or (index $registry "auth.tokens.file") (index $registry "auth.jwks.url") (index $registry "auth.anonymous.role")) -}}
{{- fail "registry: others than its own pod reach it: set auth.tokens.file or auth.jwks.url, or say with auth.anonymous.role what callers without a token may do" -}}
{{- end -}}
{{- if not (or (index $registry "tls.certificate.file") (index $registry "http.plain.allowed")) -}}
{{- fail "registry: set tls.certificate.file and tls.key.file, or http.plain.allowed where something in front ends TLS" -}}
{{- end -}}
{{- if gt (int .Values.scaling.max) (int (index .Values.kafka "topic.partitions")) -}}
{{- fail (printf "scaling.max: %d sidecars cannot share %d partitions" (int .Values.scaling.max) (int (index .Values.kafka "topic.partitions"))) -}}
{{- end -}}
{{- if gt (int .Values.scaling.min) (int .Values.scaling.max) -}}
{{- fail (printf "scaling.max %d is below scaling.min %d" (int .Values.scaling.max) (int .Values.scaling.min)) -}}
{{- end -}}
{{- end -}}

{{- define "shoal.jdbc" -}}
{{- index (default dict .Values.registry) "jdbc.url" | default "" -}}
{{- end -}}

{{- define "shoal.prefix" -}}
{{- if hasKey .Values "topicPrefix" -}}{{ .Values.topicPrefix }}{{- else -}}{{ .Values.name }}.{{- end -}}
{{- end -}}

{{/* The topic that is scored. */}}
{{- define "shoal.source" -}}
{{- $topic := "transactions" -}}
{{- if .Values.kubernetes.featureSet -}}
{{- $topic = (fromYaml .Values.kubernetes.featureSet).source.topic -}}
{{- end -}}
{{ include "shoal.prefix" . }}{{ $topic }}
{{- end -}}

{{- define "shoal.group" -}}
{{ include "shoal.prefix" . }}{{ index (default dict .Values.serving) "application.id" | default "shoal-sidecar" }}
{{- end -}}

{{- define "shoal.port" -}}
{{- if eq .part "registry" -}}
{{- index (default dict .root.Values.registry) "http.port" | default 8090 | int -}}
{{- else if eq .part "sidecar" -}}
{{- index (default dict .root.Values.serving) "http.port" | default 8091 | int -}}
{{- else -}}9249{{- end -}}
{{- end -}}

{{/* How a part is asked; dict: root, part. */}}
{{- define "shoal.scheme" -}}
{{- if and (eq .part "registry") (index (default dict .root.Values.registry) "tls.certificate.file") -}}HTTPS{{- else -}}HTTP{{- end -}}
{{- end -}}

{{/* Labels by which a part is selected; dict: root, part. */}}
{{- define "shoal.selector" -}}
app.kubernetes.io/name: shoal
app.kubernetes.io/instance: {{ .root.Values.name }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "shoal.labels" -}}
{{ include "shoal.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{/* A change of the pipeline rolls what reads it. */}}
{{- define "shoal.checksum" -}}
shoal.io/pipeline: {{ printf "%s%s" (include "shoal.pipeline" .) .Values.kubernetes.featureSet | sha256sum }}
{{- end -}}

{{- define "shoal.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "shoal.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* Environment of a service; dict: root. */}}
{{- define "shoal.env" -}}
env:
  - {name: SHOAL_DATA_DIR, value: /var/lib/shoal}
  - {name: SHOAL_LISTEN, value: 0.0.0.0}
  - {name: SHOAL_LOG_FORMAT, value: {{ .root.Values.kubernetes.logFormat }}}
{{- if eq .part "sidecar" }}
  - name: POD_NAME
    valueFrom: {fieldRef: {fieldPath: metadata.name}}
  - {name: SHOAL_ADVERTISE, value: $(POD_NAME).{{ .root.Values.name }}-sidecar}
{{- end }}
{{- with .root.Values.kubernetes.secret }}
envFrom:
  - secretRef: {name: {{ . }}}
{{- end }}
{{- end -}}

{{- define "shoal.resources" -}}
{{- $r := index .root.Values.resources .part -}}
requests: {cpu: {{ $r.cpu | quote }}, memory: {{ $r.memory }}}
limits: {memory: {{ $r.memory }}}
{{- end -}}

{{/* A volume that outlives its pod; dict: root, part. */}}
{{- define "shoal.claim" -}}
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
{{- with .root.Values.kubernetes.storageClass }}
  storageClassName: {{ . }}
{{- end }}
  resources: {requests: {storage: {{ (index .root.Values.resources .part).disk }}}}
{{- end -}}

{{- define "shoal.volumes" -}}
- name: pipeline
  configMap: {name: {{ .Values.name }}-pipeline}
- name: tmp
  emptyDir: {}
{{- with .Values.kubernetes.secretFiles }}
- name: secrets
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- end -}}

{{- define "shoal.mounts" -}}
- {name: pipeline, mountPath: /etc/shoal, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- if .Values.kubernetes.secretFiles }}
- {name: secrets, mountPath: /etc/shoal-secrets, readOnly: true}
{{- end }}
{{- end -}}

{{/* Pod of a service of ours; dict: root, part, ready (path). */}}
{{- define "shoal.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.kubernetes.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
securityContext:
  {{- include "shoal.podSecurity" . | nindent 2 }}
terminationGracePeriodSeconds: 60
containers:
  - name: {{ .part }}
    image: {{ .root.Values.kubernetes.image }}
    imagePullPolicy: {{ .root.Values.kubernetes.pullPolicy }}
    args: [start, {{ .part }}, --pipeline, /etc/shoal/pipeline.yaml]
    {{- include "shoal.env" . | nindent 4 }}
    ports:
      - {name: http, containerPort: {{ include "shoal.port" . }}}
    securityContext:
      {{- include "shoal.containerSecurity" . | nindent 6 }}
    resources:
      {{- include "shoal.resources" . | nindent 6 }}
    # What it has to read back before it can work may take long.
    startupProbe:
      httpGet: {path: {{ .alive }}, port: http, scheme: {{ include "shoal.scheme" . }}}
      periodSeconds: 5
      failureThreshold: 720
    livenessProbe:
      httpGet: {path: {{ .alive }}, port: http, scheme: {{ include "shoal.scheme" . }}}
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 6
    readinessProbe:
      httpGet: {path: {{ .ready }}, port: http, scheme: {{ include "shoal.scheme" . }}}
      periodSeconds: 5
      timeoutSeconds: 5
    volumeMounts:
      {{- include "shoal.mounts" .root | nindent 6 }}
      - {name: data, mountPath: /var/lib/shoal}
{{- end -}}

{{/* Instances of one part on different nodes and zones where there are some. */}}
{{- define "shoal.spread" -}}
topologySpreadConstraints:
{{- range tuple "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "shoal.selector" $ | nindent 8 }}
{{- end }}
{{- end -}}
