namespace Brink.Reports;

/// <summary>Colours between given ones, which are at equal distances from 0 to 1.</summary>
internal sealed record ColourMap(params IReadOnlyList<string> Stops)
{
    /// <summary>Returns the colour at a share of the map.</summary>
    public (byte Red, byte Green, byte Blue) At(double share)
    {
        var place = share * (Stops.Count - 1);
        var stop = Math.Min((int)place, Stops.Count - 2);
        var (a, b) = (Convert.FromHexString(Stops[stop][1..]), Convert.FromHexString(Stops[stop + 1][1..]));
        return (Between(0), Between(1), Between(2));

        byte Between(int part) => (byte)Math.Round(a[part] + ((place - stop) * (b[part] - a[part])));
    }

    /// <summary>Returns the colour at a share of the map, as #RRGGBB.</summary>
    public string HexAt(double share)
    {
        var (red, green, blue) = At(share);
        return $"#{Convert.ToHexString([red, green, blue])}";
    }
}
