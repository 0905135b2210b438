{{- define "epsm.labels" -}}
app.kubernetes.io/name: epsm
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* What a part's pods are selected by: (dict "root" . "part" "api"). */}}
{{- define "epsm.selector" -}}
app.kubernetes.io/name: epsm
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{/* (dict "root" . "name" "api") */}}
{{- define "epsm.image" -}}
{{- $registry := .root.Values.image.registry -}}
{{- $repository := ternary (printf "%s/epsm-%s" $registry .name) (printf "epsm-%s" .name) (ne $registry "") -}}
{{- $digest := index .root.Values.image.digests .name -}}
{{- if $digest }}{{ $repository }}@{{ $digest }}{{ else }}{{ $repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}{{ end -}}
{{- end }}

{{- define "epsm.databaseSecret" -}}
{{- if .Values.database.operator.enabled }}{{ .Values.database.operator.serviceSecret.name | default (printf "%s-postgres-app" .Release.Name) }}{{ else }}{{ required "database.secret.name names the secret with Postgres's address, or set database.operator.enabled" .Values.database.secret.name }}{{ end -}}
{{- end }}
{{- define "epsm.databaseKey" -}}
{{- if not .Values.database.operator.enabled }}{{ .Values.database.secret.key }}
{{- else if .Values.database.operator.serviceSecret.name }}{{ .Values.database.operator.serviceSecret.key }}{{ else }}uri{{ end -}}
{{- end }}

{{/* The secret with the address of the schema's owner, as JSON; without a name when services connect as the owner. */}}
{{- define "epsm.migrationSecret" -}}
{{- if not .Values.database.operator.enabled }}{{ .Values.database.migrationSecret | toJson }}
{{- else if .Values.database.operator.serviceSecret.name }}{{ dict "name" (printf "%s-postgres-app" .Release.Name) "key" "uri" | toJson }}
{{- else }}{{ dict "name" "" | toJson }}{{ end -}}
{{- end }}
{{- define "epsm.brokerSecret" -}}
{{- if .Values.broker.operator.enabled }}{{ .Release.Name }}-rabbitmq-default-user{{ else }}{{ required "broker.secret.name names the secret with RabbitMQ's address, or set broker.operator.enabled" .Values.broker.secret.name }}{{ end -}}
{{- end }}
{{- define "epsm.brokerKey" -}}
{{- if .Values.broker.operator.enabled }}connection_string{{ else }}{{ .Values.broker.secret.key }}{{ end -}}
{{- end }}

{{/* RabbitMQ's management API; its operator serves it without TLS unless the cluster has certificates of its own. */}}
{{- define "epsm.managementUrl" -}}
{{- if .Values.broker.managementUrl }}{{ .Values.broker.managementUrl }}
{{- else if and .Values.broker.operator.enabled (not .Values.tls.broker.secretName) }}http://{{ .Release.Name }}-rabbitmq:15672{{ end -}}
{{- end }}

{{/* One engine's settings over the defaults, as JSON: (dict "root" . "engine" "25.2.0"). */}}
{{- define "epsm.worker" -}}
{{- $worker := mergeOverwrite (deepCopy .root.Values.workerDefaults) (deepCopy (index .root.Values.engines .engine)) -}}
{{- if eq (int $worker.drainSeconds) 0 }}{{ $_ := set $worker "drainSeconds" .root.Values.limits.hardSeconds }}{{ end -}}
{{- $worker | toJson -}}
{{- end }}

{{/* RabbitMQ may hand a message out again after this: no run and no drain may take so long. */}}
{{- define "epsm.consumerTimeoutSeconds" -}}
{{- $longest := 0 -}}
{{- range $engine, $_ := .Values.engines }}
{{- $longest = max $longest (include "epsm.worker" (dict "root" $ "engine" $engine) | fromJson).drainSeconds -}}
{{- end -}}
{{- add .Values.limits.hardSeconds $longest 1800 -}}
{{- end }}

{{/* What a worker takes to leave: its drain, then giving back and closing down. */}}
{{- define "epsm.graceSeconds" -}}
{{- add (int .drainSeconds) 40 -}}
{{- end }}

{{- define "epsm.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "epsm.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* Servers whose authority the values name, with their word in settings, as JSON: (dict "root" . "only" "database"). */}}
{{- define "epsm.verified" -}}
{{- $found := dict -}}
{{- range $server, $word := dict "database" "DATABASE" "broker" "BROKER" "storage" "S3" }}
{{- $tls := index $.root.Values.tls $server -}}
{{- if and $tls.secretName (or (not $.only) (eq $server $.only)) }}{{ $_ := set $found $server (merge (dict "word" $word) $tls) }}{{ end -}}
{{- end -}}
{{- $found | toJson -}}
{{- end }}

{{- define "epsm.certificateEnvironment" -}}
{{- range $server, $tls := include "epsm.verified" . | fromJson }}
- {name: EPSM_{{ $tls.word }}_CA_FILE, value: /etc/epsm/{{ $server }}/ca.crt}
{{- if $tls.clientCertificate }}
- {name: EPSM_{{ $tls.word }}_CERT_FILE, value: /etc/epsm/{{ $server }}/tls.crt}
- {name: EPSM_{{ $tls.word }}_KEY_FILE, value: /etc/epsm/{{ $server }}/tls.key}
{{- end }}
{{- end }}
{{- end }}

{{- define "epsm.certificateMounts" -}}
{{- range $server, $_ := include "epsm.verified" . | fromJson }}
- {name: {{ $server }}-certificates, mountPath: /etc/epsm/{{ $server }}, readOnly: true}
{{- end }}
{{- end }}

{{- define "epsm.certificateVolumes" -}}
{{- range $server, $tls := include "epsm.verified" . | fromJson }}
{{- /* For our group and nobody else, or Postgres's library refuses the key. */}}
- {name: {{ $server }}-certificates, secret: {secretName: {{ $tls.secretName }}, defaultMode: 0440}}
{{- end }}
{{- end }}

{{/* What every service is told. */}}
{{- define "epsm.environment" -}}
- name: EPSM_DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ include "epsm.databaseSecret" . }}, key: {{ include "epsm.databaseKey" . }}}}
{{- with .Values.database.listenSecret }}{{ if .name }}
- name: EPSM_DATABASE_LISTEN_URL
  valueFrom: {secretKeyRef: {name: {{ .name }}, key: {{ .key }}}}
{{- end }}{{ end }}
- name: EPSM_BROKER_URL
  valueFrom: {secretKeyRef: {name: {{ include "epsm.brokerSecret" . }}, key: {{ include "epsm.brokerKey" . }}}}
{{- include "epsm.certificateEnvironment" (dict "root" .) }}
- {name: EPSM_QUEUE_TYPE, value: {{ .Values.broker.queueType | quote }}}
- {name: EPSM_CONSUMER_TIMEOUT_SECONDS, value: {{ include "epsm.consumerTimeoutSeconds" . | quote }}}
- {name: EPSM_STORAGE_URL, value: {{ required "storage.url says where files live" .Values.storage.url | quote }}}
{{- with .Values.storage.endpointUrl }}
- {name: EPSM_S3_ENDPOINT_URL, value: {{ . | quote }}}
{{- end }}
- {name: EPSM_S3_REGION, value: {{ .Values.storage.region | quote }}}
{{- with .Values.storage.secret }}{{ if .name }}
- name: EPSM_S3_ACCESS_KEY
  valueFrom: {secretKeyRef: {name: {{ .name }}, key: {{ .accessKey }}}}
- name: EPSM_S3_SECRET_KEY
  valueFrom: {secretKeyRef: {name: {{ .name }}, key: {{ .secretKey }}}}
{{- end }}{{ end }}
- {name: EPSM_ENGINES, value: {{ keys .Values.engines | sortAlpha | join "," | quote }}}
- {name: EPSM_SOFT_LIMIT_SECONDS, value: {{ int .Values.limits.softSeconds | quote }}}
- {name: EPSM_HARD_LIMIT_SECONDS, value: {{ int .Values.limits.hardSeconds | quote }}}
- {name: EPSM_SCRATCH_DIRECTORY, value: /var/lib/epsm/scratch}
- {name: EPSM_API_HOST, value: 0.0.0.0}
- {name: EPSM_HEALTH_HOST, value: 0.0.0.0}
{{- range $name, $value := .Values.settings }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}

{{- define "epsm.mounts" -}}
- {name: scratch, mountPath: /var/lib/epsm/scratch}
- {name: tmp, mountPath: /tmp}
{{- if .Values.storage.volumeClaim }}
- {name: storage, mountPath: /var/lib/epsm/storage}
{{- end }}
{{- include "epsm.certificateMounts" (dict "root" .) }}
{{- end }}

{{/* (dict "root" . "scratch" "10Gi") */}}
{{- define "epsm.volumes" -}}
- {name: scratch, emptyDir: {sizeLimit: {{ .scratch }}}}
- {name: tmp, emptyDir: {sizeLimit: 64Mi}}
{{- with .root.Values.storage.volumeClaim }}
- {name: storage, persistentVolumeClaim: {claimName: {{ . }}}}
{{- end }}
{{- include "epsm.certificateVolumes" (dict "root" .root) }}
{{- end }}

{{/* Every pod's beginning: (dict "root" . "part" "api"). */}}
{{- define "epsm.pod" -}}
serviceAccountName: {{ .root.Release.Name }}-epsm
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
securityContext: {{- include "epsm.podSecurity" . | nindent 2 }}
{{- end }}

{{/* Newer code is not started before the schema it needs: (dict "root" . "image" "api"). */}}
{{- define "epsm.waitForSchema" -}}
- name: wait-for-schema
  image: {{ include "epsm.image" (dict "root" .root "name" .image) }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args: [python3, -m, shared.db, wait]
  env: {{- include "epsm.environment" .root | nindent 4 }}
  securityContext: {{- include "epsm.containerSecurity" . | nindent 4 }}
  resources:
    requests: {cpu: 50m, memory: 128Mi, ephemeral-storage: 16Mi}
    limits: {memory: 256Mi, ephemeral-storage: 64Mi}
  volumeMounts: {{- include "epsm.mounts" .root | nindent 4 }}
{{- end }}

{{/* Pods of a part are kept on different nodes where there are several. */}}
{{- define "epsm.spread" -}}
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector: {matchLabels: {{ include "epsm.selector" . | fromYaml | toJson }}}
{{- end }}
