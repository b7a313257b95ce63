/*
 * JSON Schemas of what our manifests use of two kinds: DaemonSet of apps/v1 (Kubernetes 1.35) and NodeFeatureRule of
 * nfd.k8s-sigs.io/v1alpha1 (NFD), written after their API references. They are closed: a field that is misspelt or stands in the
 * wrong place is found, which an API server only warns of.
 */

const text = { type: 'string' } as const
const yes = { type: 'boolean' } as const
const whole = { type: 'integer', minimum: 0 } as const
const quantity = { type: 'string', pattern: '^\\d+(\\.\\d+)?(m|[EPTGMk]i?)?$' } as const
const NAME = '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$'
const LABEL = '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'
const LABEL_VALUE = '^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$'

function closed(properties: object, ...required: readonly string[]) {
  return { type: 'object', properties, required, additionalProperties: false }
}

function listOf(items: object) {
  return { type: 'array', items, minItems: 1 }
}

const labels = {
  type: 'object',
  propertyNames: { pattern: LABEL },
  additionalProperties: { type: 'string', pattern: LABEL_VALUE },
}

const metadata = closed(
  { name: { type: 'string', pattern: NAME }, namespace: text, labels },
  'name',
)

const capabilities = closed({ add: listOf(text), drop: listOf(text) })

const container = closed(
  {
    name: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
    image: text,
    command: listOf(text),
    args: listOf(text),
    env: listOf(
      closed(
        {
          name: text,
          value: text,
          valueFrom: closed({ fieldRef: closed({ fieldPath: text }, 'fieldPath') }),
        },
        'name',
      ),
    ),
    resources: closed({
      requests: { type: 'object', additionalProperties: quantity },
      limits: { type: 'object', additionalProperties: quantity },
    }),
    securityContext: closed({
      readOnlyRootFilesystem: yes,
      allowPrivilegeEscalation: yes,
      privileged: yes,
      capabilities,
      seccompProfile: closed(
        { type: { enum: ['RuntimeDefault', 'Unconfined', 'Localhost'] } },
        'type',
      ),
    }),
    volumeMounts: listOf(
      closed({ name: text, mountPath: text, readOnly: yes }, 'name', 'mountPath'),
    ),
  },
  'name',
  'image',
)

const volume = closed(
  {
    name: text,
    hostPath: closed(
      {
        path: text,
        type: { enum: ['', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate'] },
      },
      'path',
    ),
  },
  'name',
  'hostPath',
)

export const DAEMON_SET = closed(
  {
    apiVersion: { const: 'apps/v1' },
    kind: { const: 'DaemonSet' },
    metadata,
    spec: closed(
      {
        selector: closed({ matchLabels: labels }, 'matchLabels'),
        template: closed(
          {
            metadata: closed({ labels }, 'labels'),
            spec: closed(
              {
                automountServiceAccountToken: yes,
                hostPID: yes,
                terminationGracePeriodSeconds: whole,
                containers: listOf(container),
                volumes: listOf(volume),
              },
              'containers',
            ),
          },
          'metadata',
          'spec',
        ),
      },
      'selector',
      'template',
    ),
  },
  'apiVersion',
  'kind',
  'metadata',
  'spec',
)

const expression = closed(
  {
    op: {
      enum: [
        'In',
        'NotIn',
        'InRegexp',
        'Exists',
        'DoesNotExist',
        'Gt',
        'Lt',
        'GtLt',
        'IsTrue',
        'IsFalse',
      ],
    },
    value: listOf(text),
  },
  'op',
)

const features = listOf(
  closed(
    { feature: text, matchExpressions: { type: 'object', additionalProperties: expression } },
    'feature',
    'matchExpressions',
  ),
)

export const NODE_FEATURE_RULE = closed(
  {
    apiVersion: { const: 'nfd.k8s-sigs.io/v1alpha1' },
    kind: { const: 'NodeFeatureRule' },
    metadata,
    spec: closed(
      {
        rules: listOf(
          closed(
            {
              name: text,
              labels,
              taints: listOf(
                closed(
                  {
                    key: { type: 'string', pattern: LABEL },
                    value: { type: 'string', pattern: LABEL_VALUE },
                    effect: { enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
                  },
                  'key',
                  'effect',
                ),
              ),
              matchFeatures: features,
            },
            'name',
          ),
        ),
      },
      'rules',
    ),
  },
  'apiVersion',
  'kind',
  'metadata',
  'spec',
)
