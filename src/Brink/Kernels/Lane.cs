using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brink.Kernels;

/// <summary>One number at a time, on any processor.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Lane<T>(T number) : ILanes<Lane<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _number = number;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lane<T> Load(T* from) => new(*from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Lane<T> lanes, T* to) => *to = lanes._number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> All(T number) => new(number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> operator +(Lane<T> a, Lane<T> b) => new(a._number + b._number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> operator -(Lane<T> a, Lane<T> b) => new(a._number - b._number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> operator *(Lane<T> a, Lane<T> b) => new(a._number * b._number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> operator /(Lane<T> a, Lane<T> b) => new(a._number / b._number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> operator -(Lane<T> a) => new(-a._number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Fma(Lane<T> a, Lane<T> b, Lane<T> c) => new(T.FusedMultiplyAdd(a._number, b._number, c._number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Max(Lane<T> a, Lane<T> b) => new(T.Max(a._number, b._number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Abs(Lane<T> a) => new(T.Abs(a._number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Sqrt(Lane<T> a) => new(T.Sqrt(a._number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> PowerOfTwo(Lane<T> n) => new(T.ScaleB(T.One, int.CreateTruncating(n._number)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> Log(Lane<T> a) => new(T.Log(a._number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane<T> WherePositive(Lane<T> x, Lane<T> a, Lane<T> b) => x._number > T.Zero ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyPositive(Lane<T> x) => x._number > T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Lane<T> a) => a._number;
}
