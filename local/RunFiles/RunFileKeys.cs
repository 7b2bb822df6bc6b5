namespace CloudNative.Local.RunFiles;

internal enum ValueKind
{
    Text,
    Number,
    Flag,
    List,
    Map,
    Section,
    Sections,
}

/// <summary>Every key a run file knows and what it holds. Keys are case-sensitive, as for the CLI.</summary>
internal static class RunFileKeys
{
    public static IReadOnlyDictionary<string, ValueKind> Top { get; } = new Dictionary<string, ValueKind>
    {
        ["version"] = ValueKind.Number,
        ["name"] = ValueKind.Text,
        ["common"] = ValueKind.Section,
        ["apps"] = ValueKind.Sections,
    };

    public static IReadOnlyDictionary<string, ValueKind> Common { get; } = new Dictionary<string, ValueKind>
    {
        ["configFilePath"] = ValueKind.Text,
        ["resourcesPath"] = ValueKind.Text,
        ["resourcesPaths"] = ValueKind.List,
        ["appProtocol"] = ValueKind.Text,
        ["apiListenAddresses"] = ValueKind.Text,
        ["enableProfiling"] = ValueKind.Flag,
        ["logLevel"] = ValueKind.Text,
        ["appMaxConcurrency"] = ValueKind.Number,
        ["placementHostAddress"] = ValueKind.Text,
        ["schedulerHostAddress"] = ValueKind.Text,
        ["appSSL"] = ValueKind.Flag,
        ["maxBodySize"] = ValueKind.Text,
        ["readBufferSize"] = ValueKind.Text,
        ["enableAppHealthCheck"] = ValueKind.Flag,
        ["appHealthCheckPath"] = ValueKind.Text,
        ["appHealthProbeInterval"] = ValueKind.Number,
        ["appHealthProbeTimeout"] = ValueKind.Number,
        ["appHealthThreshold"] = ValueKind.Number,
        ["enableApiLogging"] = ValueKind.Flag,
        ["runtimePath"] = ValueKind.Text,
        ["env"] = ValueKind.Map,
        ["daprdLogDestination"] = ValueKind.Text,
        ["appLogDestination"] = ValueKind.Text,
    };

    public static IReadOnlyDictionary<string, ValueKind> App { get; } = new Dictionary<string, ValueKind>(Common)
    {
        ["appID"] = ValueKind.Text,
        ["appDirPath"] = ValueKind.Text,
        ["appPort"] = ValueKind.Number,
        ["appChannelAddress"] = ValueKind.Text,
        ["daprHTTPPort"] = ValueKind.Number,
        ["daprGRPCPort"] = ValueKind.Number,
        ["daprInternalGRPCPort"] = ValueKind.Number,
        ["metricsPort"] = ValueKind.Number,
        ["profilePort"] = ValueKind.Number,
        ["unixDomainSocket"] = ValueKind.Text,
        ["command"] = ValueKind.List,
        ["containerImage"] = ValueKind.Text,
        ["containerImagePullPolicy"] = ValueKind.Text,
        ["createService"] = ValueKind.Flag,
    };

    public static string Describe(ValueKind kind) => kind switch
    {
        ValueKind.Number => "a whole number",
        ValueKind.Flag => "true or false",
        ValueKind.List => "a list of texts, such as [\"dotnet\", \"App.dll\"]",
        ValueKind.Map => "names with texts",
        ValueKind.Section => "keys with values",
        ValueKind.Sections => "a list of apps",
        _ => "a text",
    };

    /// <summary>The known key that somebody who wrote <paramref name="written"/> most likely meant, null where none is near.</summary>
    public static string? Nearest(string written, IEnumerable<string> known)
    {
        var nearest = known.MinBy(key => Distance(written, key));
        return nearest is not null && Distance(written, nearest) <= Math.Max(1, nearest.Length / 4) ? nearest : null;
    }

    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var change = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + change));
            }
        }
        return row[^1];
    }
}
