using CloudNative.Local.RunFiles;

namespace CloudNative.Local.Commands;

/// <summary>Deletes what the data folder holds, unless a host is running on it.</summary>
internal static class ResetCommand
{
    public static async Task<int> RunAsync(string data, TextWriter output, TimeProvider time)
    {
        if (!Directory.Exists(data))
        {
            await output.WriteLineAsync($"There is no folder {data}.");
            return 0;
        }
        using var owned = DataFolder.Own(data);
        await owned.EndLeftBehindAsync(time);
        owned.Clear();
        await output.WriteLineAsync($"{data} is empty.");
        return 0;
    }
}
