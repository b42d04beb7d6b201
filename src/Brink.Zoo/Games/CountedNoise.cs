using System.Runtime.InteropServices;

namespace Brink.Zoo.Games;

/// <summary>Random numbers that depend on a seed and a counter alone: splitmix64 (Steele, Lea and Flood, OOPSLA 2014), and
/// normal numbers by the method of Box and Muller (1958).</summary>
/// <remarks>A GAN draws some hundred numbers per step; a generator of libtorch takes longer to seed than to draw
/// them.</remarks>
[StructLayout(LayoutKind.Auto)]
public struct CountedNoise
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <param name="seed">Seed of a sequence.</param>
    /// <param name="counter">Number of a part of the sequence, such as a step.</param>
    public CountedNoise(long seed, long counter) => _state = Mixed(Mixed((ulong)seed + Golden) ^ ((ulong)counter * Golden));

    /// <summary>Returns an integer below a bound.</summary>
    public int Below(int bound) => (int)(Uniform() * bound);

    /// <summary>Returns a number in [0,1).</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Returns two independent normal numbers.</summary>
    public (double X, double Y) Normals()
    {
        // 1 - u is above 0, so that the logarithm is finite.
        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
        var (sin, cos) = Math.SinCos(2 * Math.PI * Uniform());
        return (radius * cos, radius * sin);
    }

    /// <summary>Fills an array with normal numbers.</summary>
    public void Fill(Span<float> normals)
    {
        for (var i = 0; i < normals.Length; i += 2)
        {
            var (x, y) = Normals();
            normals[i] = (float)x;
            if (i + 1 < normals.Length) normals[i + 1] = (float)y;
        }
    }

    private ulong Next()
    {
        _state += Golden;
        return Mixed(_state);
    }

    private static ulong Mixed(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
