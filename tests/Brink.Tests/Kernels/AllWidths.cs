using System.Numerics;
using Brink.Kernels;

namespace Brink.Tests.Kernels;

/// <summary>Elementwise functions computed at each register width.</summary>
internal static unsafe class AllWidths
{
    /// <summary>Returns the values of a function for each register width.</summary>
    public static T[][] Values<T, TFunction>(TFunction f, T[] x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IElementwise
    {
        Passes<T>[] widths = [new LanePasses<Lane<T>, T>(), new LanePasses<Lanes256<T>, T>(), new LanePasses<Lanes512<T>, T>()];
        return Array.ConvertAll(widths, passes =>
        {
            var y = new T[x.Length];
            fixed (T* from = x, to = y) passes.Values(f, x.Length, from, to);
            return y;
        });
    }

    /// <summary>Returns f(x) and four derivatives for each register width in float64, then for each in float32.</summary>
    public static double[][] At<TFunction>(TFunction f, double x)
        where TFunction : struct, IElementwise =>
    [
        At<Lane<double>, double, TFunction>(f, x), At<Lanes256<double>, double, TFunction>(f, x),
        At<Lanes512<double>, double, TFunction>(f, x), At<Lane<float>, float, TFunction>(f, (float)x),
        At<Lanes256<float>, float, TFunction>(f, (float)x), At<Lanes512<float>, float, TFunction>(f, (float)x),
    ];

    private static double[] At<L, T, TFunction>(TFunction f, T x)
        where L : unmanaged, ILanes<L, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IElementwise
    {
        var at = L.All(x);
        var y = f.Value<L, T>(at);
        var d = f.Derivatives<L, T>(f.ReadsArgument ? at : default, f.ReadsValue ? y : default, 4);
        return Array.ConvertAll([y, d.F1, d.F2, d.F3, d.F4], First);

        static double First(L lanes)
        {
            var numbers = stackalloc T[L.Count];
            L.Store(lanes, numbers);
            return double.CreateTruncating(numbers[0]);
        }
    }
}
