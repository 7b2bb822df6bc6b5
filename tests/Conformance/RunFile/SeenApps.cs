using System.Text.Json;
using System.Text.RegularExpressions;

namespace CloudNative.Conformance.RunFile;

/// <summary>Compares the environment, folder and arguments that apps found with those recorded; each method gives the first difference, or null.</summary>
internal sealed partial class SeenApps(RunFolder folder)
{
    private static readonly HashSet<string> LeftOut = ["_", "SHLVL"];

    public string? Compare(JsonElement recorded) =>
        recorded.EnumerateObject().Select(app => Compare(app.Name, app.Value)).FirstOrDefault(difference => difference is not null);

    private string? Compare(string id, JsonElement recorded)
    {
        if (folder.Apps.FirstOrDefault(app => app.Id == id) is not { } app)
            return $"{id} did not start";
        var environment = app.Start.GetProperty("env").EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.GetString()!);
        return Environment(id, recorded.GetProperty("env"), environment)
            ?? recorded.GetProperty("unset").EnumerateArray().Select(name => name.GetString()!).Where(environment.ContainsKey).Select(name => $"{id}: {name} is set").FirstOrDefault()
            ?? Text($"{id}: cwd", recorded.GetProperty("cwd").GetString()!, app.Start.GetProperty("cwd").GetString()!)
            ?? Text($"{id}: argv", recorded.GetProperty("argv").GetRawText(), app.Start.GetProperty("argv").GetRawText());
    }

    private string? Environment(string id, JsonElement recorded, Dictionary<string, string> actual)
    {
        foreach (var variable in recorded.EnumerateObject())
        {
            if (!actual.TryGetValue(variable.Name, out var value))
                return $"{id}: {variable.Name} is not set";
            if (Text($"{id}: {variable.Name}", variable.Value.GetString()!, value) is { } difference)
                return difference;
        }
        if (folder.Shell.Keys.FirstOrDefault(name => Name().IsMatch(name) && !LeftOut.Contains(name) && !actual.ContainsKey(name)) is { } lost)
            return $"{id}: {lost} of the shell is not inherited";
        var further = actual.FirstOrDefault(variable =>
            !LeftOut.Contains(variable.Key) && !recorded.TryGetProperty(variable.Key, out _) && folder.Shell.GetValueOrDefault(variable.Key) != variable.Value);
        return further.Key is null ? null : $"{id}: {further.Key} is '{further.Value}', not expected";
    }

    private string? Text(string what, string recorded, string actual)
    {
        var pattern = Regex.Escape(folder.Fill(recorded)).Replace("<free-port>", "[0-9]+", StringComparison.Ordinal);
        return Matches(recorded, actual, pattern) ? null : $"{what}: expected {folder.Fill(recorded)}, got {actual}";
    }

    // JSON texts of the same values may be written in different ways.
    private bool Matches(string recorded, string actual, string pattern) => recorded.StartsWith('[')
        ? JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(folder.Fill(recorded)), JsonSerializer.Deserialize<JsonElement>(actual))
        : Regex.IsMatch(actual, $"^{pattern}$", RegexOptions.Singleline);

    // A shell hands on only what it could name itself.
    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Name();
}
