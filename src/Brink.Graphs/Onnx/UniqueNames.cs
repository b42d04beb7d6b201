namespace Brink.Graphs.Onnx;

/// <summary>The names of the values of a file, each used once.</summary>
internal sealed class UniqueNames
{
    /// <summary>Longer names are shortened when a number is added, so that repeated calls of a function do not repeat them.</summary>
    private const int Longest = 200;

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>Reserves a name; false if it is in use.</summary>
    public bool TryReserve(string name) => _used.Add(name);

    /// <summary>Returns a name that was not in use: the given one, or the given one with a number.</summary>
    public string New(string name)
    {
        if (_used.Add(name)) return name;
        var start = name.Length > Longest ? name[..Longest] : name;
        var number = _numbers.GetValueOrDefault(start, 1);
        string numbered;
        do numbered = $"{start}#{++number}";
        while (!_used.Add(numbered));
        _numbers[start] = number;
        return numbered;
    }
}
