using System.Globalization;
using CloudNative.Local.Resources;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CloudNative.Local.RunFiles;

/// <summary>
/// One mapping of the run file. Reading it notes each value of the wrong type as a mistake and warns of each misspelt key; what is left is
/// sound, and a zero, false or empty value counts as not given, as it does for the CLI.
/// </summary>
internal sealed class RunFileSection
{
    private readonly Dictionary<string, YamlNode> values = new(StringComparer.Ordinal);
    private readonly MistakeList mistakes;
    private readonly long firstLine;

    public RunFileSection(YamlNode? node, IReadOnlyDictionary<string, ValueKind> keys, MistakeList mistakes)
    {
        this.mistakes = mistakes;
        firstLine = node?.Start.Line ?? 1;
        foreach (var (keyNode, value) in (node as YamlMappingNode)?.Children ?? Enumerable.Empty<KeyValuePair<YamlNode, YamlNode>>())
            Take((keyNode as YamlScalarNode)?.Value ?? "", value, keyNode.Start.Line, keys);
    }

    public bool Has(string key) => values.ContainsKey(key);

    public YamlNode? Node(string key) => values.GetValueOrDefault(key);

    public string? Text(string key) => Raw(Node(key)) is { Length: > 0 } text ? text : null;

    public int? Number(string key) => Node(key) is { } node && int.Parse(Raw(node)!, CultureInfo.InvariantCulture) is not 0 and var number ? number : null;

    public bool Flag(string key) => Node(key).Flag();

    public IReadOnlyList<string> List(string key) => [.. Node(key).Items().Select(item => Raw(item) ?? "")];

    public IReadOnlyDictionary<string, string> Map(string key) =>
        (Node(key) as YamlMappingNode)?.Children.ToDictionary(pair => Raw(pair.Key) ?? "", pair => Raw(pair.Value) ?? "") ?? [];

    /// <summary>Notes a mistake in this section, at the key where it is written.</summary>
    public void Note(string key, string problem) => mistakes.Add(Node(key)?.Start.Line ?? firstLine, problem);

    private void Take(string key, YamlNode value, long line, IReadOnlyDictionary<string, ValueKind> keys)
    {
        if (!keys.TryGetValue(key, out var kind))
            mistakes.Warn(line, $"there is no key '{key}' here, it is passed over" + (RunFileKeys.Nearest(key, keys.Keys) is { } meant ? $": did you mean '{meant}'?" : $"; known are {string.Join(", ", keys.Keys.Order())}"));
        else if (IsNull(value))
            return;
        else if (Fits(value, kind))
            values[key] = value;
        else
            mistakes.Add(line, $"'{key}' must be {RunFileKeys.Describe(kind)}");
    }

    private static bool Fits(YamlNode node, ValueKind kind) => kind switch
    {
        ValueKind.Text => node is YamlScalarNode,
        ValueKind.Number => node is YamlScalarNode { Style: ScalarStyle.Plain } scalar && int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        ValueKind.Flag => node is YamlScalarNode { Style: ScalarStyle.Plain } && node.Text() is "true" or "false",
        ValueKind.List => node is YamlSequenceNode list && list.All(item => item is YamlScalarNode),
        ValueKind.Map => node is YamlMappingNode map && map.All(pair => pair.Value is YamlScalarNode),
        ValueKind.Section => node is YamlMappingNode,
        _ => node is YamlSequenceNode list && list.All(item => item is YamlMappingNode),
    };

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    // The CLI reads texts as they are written: yes, 010 and 1.50 stay so.
    private static string? Raw(YamlNode? node) => node is null || IsNull(node) ? null : (node as YamlScalarNode)?.Value;
}

/// <summary>The mistakes and warnings of one run file, so that all of them are told at once.</summary>
internal sealed class MistakeList(string file)
{
    private readonly List<string> mistakes = [];
    private readonly List<string> warnings = [];

    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>Once, however many apps it concerns.</summary>
    public void Add(long line, string problem)
    {
        var mistake = $"{file}({line}): {problem}";
        if (!mistakes.Contains(mistake))
            mistakes.Add(mistake);
    }

    /// <summary>Of what nothing comes, and the CLI does not mind.</summary>
    public void Warn(long line, string problem) => warnings.Add($"{file}({line}): {problem}");

    public void ThrowIfAny()
    {
        if (mistakes.Count > 0)
            throw new RunFileException(mistakes);
    }
}
