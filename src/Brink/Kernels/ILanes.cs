namespace Brink.Kernels;

/// <summary>Several numbers processed together: a vector register. A kernel is written once over lanes, and runs with 512 bits,
/// 256 bits, or one number at a time if the processor has neither.</summary>
/// <typeparam name="TLanes">The implementing type.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal interface ILanes<TLanes, T>
    where TLanes : unmanaged, ILanes<TLanes, T>
    where T : unmanaged
{
    /// <summary>The number of lanes.</summary>
    static abstract int Count { get; }

    static abstract unsafe TLanes Load(T* from);

    static abstract unsafe void Store(TLanes lanes, T* to);

    /// <summary>The same number in every lane.</summary>
    static abstract TLanes All(T number);

    static abstract TLanes operator +(TLanes a, TLanes b);

    static abstract TLanes operator -(TLanes a, TLanes b);

    static abstract TLanes operator *(TLanes a, TLanes b);

    static abstract TLanes operator /(TLanes a, TLanes b);

    static abstract TLanes operator -(TLanes a);

    /// <summary>a b + c, rounded once.</summary>
    static abstract TLanes Fma(TLanes a, TLanes b, TLanes c);

    static abstract TLanes Max(TLanes a, TLanes b);

    static abstract TLanes Abs(TLanes a);

    static abstract TLanes Sqrt(TLanes a);

    /// <summary>2^n for whole numbers n that are exponents of normal numbers.</summary>
    static abstract TLanes PowerOfTwo(TLanes n);

    static abstract TLanes Log(TLanes a);

    /// <summary>Returns in each lane a where x is positive, else b.</summary>
    static abstract TLanes WherePositive(TLanes x, TLanes a, TLanes b);

    /// <summary>Returns whether any lane is positive.</summary>
    static abstract bool AnyPositive(TLanes x);

    static abstract T Sum(TLanes a);
}
