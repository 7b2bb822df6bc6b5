using System.Text.Json;
using System.Text.RegularExpressions;

namespace CloudNative.Conformance;

/// <summary>
/// What the runtime need not answer, each with its reason, as not-served.txt lists it. A rule names what it stands for by
/// its kind: <c>component</c> a component type, <c>member</c> a member of the recording or its given, <c>step</c> a member of a step or of
/// what it sent or received, <c>protocol</c> the app's, <c>given</c> a text in what is given, <c>recording</c> area/name, <c>log</c> words that the runtime itself wrote. A * stands for any text.
/// </summary>
internal sealed class NotServed(IReadOnlyList<NotServedRule> rules)
{
    public IReadOnlyList<NotServedRule> Rules => rules;

    public static NotServed Read() => new([.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "not-served.txt"))
        .Where(line => line.Length > 0 && !line.StartsWith('#'))
        .Select(NotServedRule.Parse)]);

    public string? Reason(Recording recording) => rules.FirstOrDefault(rule => rule.CoversWhole(recording))?.Reason;

    public string? ReasonInLog(string log) => rules.FirstOrDefault(rule => rule.CoversLog(log))?.Reason;
}

internal sealed partial record NotServedRule(string Kind, string Pattern, string Reason)
{
    private static readonly string[] Kinds = ["component", "member", "step", "protocol", "given", "recording", "log"];

    private readonly Regex pattern = new("^" + Regex.Escape(Pattern).Replace(@"\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.Singleline);

    public static NotServedRule Parse(string line)
    {
        var columns = Columns().Split(line, 3);
        return columns is [var kind, var pattern, { Length: > 0 } reason] && Kinds.Contains(kind)
            ? new NotServedRule(kind, pattern, reason)
            : throw new FormatException($"not-served.txt: '{line}' is not kind, pattern and reason, with two blanks between");
    }

    public bool CoversWhole(Recording recording) => Kind switch
    {
        "recording" => pattern.IsMatch(recording.FullName),
        "member" => recording.Members.Any(pattern.IsMatch),
        "component" => recording.ComponentTypes.Any(pattern.IsMatch),
        "step" => recording.Steps.SelectMany(MembersOf).Any(pattern.IsMatch),
        "protocol" => recording.Given.ValueKind == JsonValueKind.Object && recording.Given.TryGetProperty("app protocol", out var protocol) && pattern.IsMatch(protocol.GetString()!),
        "given" => recording.Given.ValueKind == JsonValueKind.Object && recording.Given.GetRawText().Contains(Pattern, StringComparison.Ordinal),
        _ => false,
    };

    public bool CoversLog(string log) => Kind == "log" && log.Split('\n').Any(pattern.IsMatch);

    private static IEnumerable<string> MembersOf(JsonElement step) =>
        step.EnumerateObject().SelectMany(member => member.Name is "send" or "received" && member.Value.ValueKind == JsonValueKind.Object
            ? member.Value.EnumerateObject().Select(inner => $"{member.Name}.{inner.Name}").Append(member.Name)
            : [member.Name]);

    [GeneratedRegex(@"\s{2,}")]
    private static partial Regex Columns();
}
