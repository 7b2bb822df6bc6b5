using System.Globalization;

namespace CloudNative.SearchBff.Embedded;

/// <summary>
/// The indexes <c>things-1</c>, <c>things-2</c>... side by side in a folder, of which the file <c>current</c> names the one to search. A higher
/// number is one being built, a lower one what a switch left behind.
/// </summary>
internal sealed class GenerationFolder(string path)
{
    private const string Prefix = "things-";

    private string CurrentFile => Path.Combine(path, "current");

    public string Root => path;

    public string Current => File.Exists(CurrentFile) ? File.ReadAllText(CurrentFile) : $"{Prefix}1";

    public string? Building => Names().FirstOrDefault(name => NumberOf(name) > NumberOf(Current));

    public string Next() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{NumberOf(Current) + 1}");

    /// <summary>One rename, so that a crash leaves the old name or the new one.</summary>
    public void MakeCurrent(string name)
    {
        var prepared = CurrentFile + ".new";
        using (var file = new FileStream(prepared, FileMode.Create))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(name));
            file.Flush(flushToDisk: true);
        }

        File.Move(prepared, CurrentFile, overwrite: true);
    }

    public void DeleteOld()
    {
        foreach (var name in Names().Where(name => NumberOf(name) < NumberOf(Current)))
            Directory.Delete(Path.Combine(path, name), recursive: true);
    }

    private IEnumerable<string> Names() => Directory.Exists(path)
        ? new DirectoryInfo(path).EnumerateDirectories($"{Prefix}*").Select(folder => folder.Name).Where(name => NumberOf(name) > 0)
        : [];

    private static int NumberOf(string name) =>
        int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
