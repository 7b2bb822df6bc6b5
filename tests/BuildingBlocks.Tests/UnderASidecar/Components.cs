namespace CloudNative.BuildingBlocks.Tests.UnderASidecar;

/// <summary>Component files as a service of this repository is given them.</summary>
internal static class Components
{
    public const string Things = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: things
        spec:
          type: state.sqlite
          version: v1
          metadata:
            - name: connectionString
              value: "{folder}/things.db"
        """;

    public const string Bucket = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: things-bucket
        spec:
          type: bindings.localstorage
          version: v1
          metadata:
            - name: rootPath
              value: "{folder}/objects"
        """;

    public const string EventStream = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: event-stream
        spec:
          type: pubsub.in-memory
          version: v1
          metadata: []
        """;

    public const string Secrets = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: secrets
        spec:
          type: secretstores.local.env
          version: v1
          metadata: []
        """;
}
