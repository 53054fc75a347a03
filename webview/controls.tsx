/**
 * The page's controls, and the one place that knows `@vscode/webview-ui-toolkit`: typed components over its custom
 * elements, and native elements where it has none or lesser ones. To replace the toolkit, replace this file.
 */
import { h, type ComponentChildren, type Ref, type VNode } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

/** An element of the toolkit: Preact sets what it knows as properties, the rest as attributes. */
function custom<E extends HTMLElement>(
  tag: string,
  properties: Readonly<Record<string, unknown>> & { readonly ref?: Ref<E> },
  children: ComponentChildren,
): VNode {
  return h(tag, properties as Record<string, unknown>, children);
}

/** To be called before the first control is drawn: Preact sets properties of elements that are defined. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodePanels(),
    vsCodePanelTab(),
    vsCodePanelView(),
    vsCodeTextField(),
  );
}

export interface ButtonProps {
  readonly onClick: () => void;
  readonly children: ComponentChildren;
  readonly primary?: boolean;
  readonly disabled?: boolean;
  /** Shown by the pointer, and read out after the name. */
  readonly title?: string;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly id?: string;
}

export function Button({
  onClick,
  children,
  primary = false,
  disabled = false,
  title,
  pressed,
  expanded,
  id,
}: ButtonProps): VNode {
  return custom(
    'vscode-button',
    {
      id,
      appearance: primary ? 'primary' : 'secondary',
      disabled,
      title,
      'aria-pressed': pressed,
      'aria-expanded': expanded,
      onClick: () => {
        if (!disabled) onClick();
      },
    },
    children,
  );
}

/** A button of one sign, such as + or −; `label` is its name. */
export function IconButton({
  label,
  ...rest
}: Omit<ButtonProps, 'title' | 'primary'> & { readonly label: string }): VNode {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      disabled={rest.disabled ?? false}
      aria-pressed={rest.pressed}
      onClick={rest.onClick}
    >
      {rest.children}
    </button>
  );
}

/** Looks like a link and acts in place. */
export function Link({
  onClick,
  children,
  label,
  disabled = false,
  pressed,
}: {
  readonly onClick: () => void;
  readonly children: ComponentChildren;
  /** Its name where the text alone says too little. */
  readonly label?: string;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
}): VNode {
  return (
    <button type="button" class="link" aria-label={label} aria-pressed={pressed} disabled={disabled} onClick={onClick}>
      {children}
    </button>
  );
}

export interface Choice<V extends string> {
  readonly value: V;
  readonly label: string;
}

interface ValueElement extends HTMLElement {
  value: string;
}

/** A choice of one among several, with its label in front. */
export function Dropdown<V extends string>({
  label,
  value,
  options,
  onChange,
  disabled = false,
}: {
  readonly label: string;
  readonly value: V;
  readonly options: readonly Choice<V>[];
  readonly onChange: (value: V) => void;
  readonly disabled?: boolean;
}): VNode {
  const id = useId();
  const element = useRef<ValueElement>(null);
  const known = options.map((option) => option.value).join('\n');
  // The element takes its value from its options, which reach it some time after they were drawn.
  useLayoutEffect(() => {
    const set = () => {
      if (element.current && element.current.value !== value) element.current.value = value;
    };
    set();
    const frame = requestAnimationFrame(set);
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [value, known]);
  return (
    <span class="field">
      <span class="field-label" id={id}>
        {label}
      </span>
      {custom(
        'vscode-dropdown',
        {
          ref: element,
          'aria-labelledby': id,
          disabled,
          onChange: (event: Event) => {
            event.stopPropagation();
            const chosen = options.find((option) => option.value === element.current?.value);
            if (chosen && chosen.value !== value) onChange(chosen.value);
          },
        },
        options.map((option) =>
          custom(
            'vscode-option',
            { key: option.value, value: option.value, selected: option.value === value },
            option.label,
          ),
        ),
      )}
    </span>
  );
}

interface CheckedElement extends HTMLElement {
  checked: boolean;
}

export function Checkbox({
  checked,
  onChange,
  children,
  disabled = false,
  title,
}: {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ComponentChildren;
  readonly disabled?: boolean;
  readonly title?: string;
}): VNode {
  const element = useRef<CheckedElement>(null);
  useLayoutEffect(() => {
    if (element.current) element.current.checked = checked;
  }, [checked]);
  return custom(
    'vscode-checkbox',
    {
      ref: element,
      disabled,
      title,
      // It also reports what was set from here.
      onChange: (event: Event) => {
        event.stopPropagation();
        const now = element.current?.checked ?? checked;
        if (now !== checked) onChange(now);
      },
    },
    children,
  );
}

export function TextField({
  label,
  value,
  onInput,
  problem = null,
  onEnter,
  size = 8,
}: {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** What is wrong with the value, or null. */
  readonly problem?: string | null;
  readonly onEnter?: () => void;
  /** Characters wide. */
  readonly size?: number;
}): VNode {
  const id = useId();
  const element = useRef<ValueElement>(null);
  return (
    <span class="field">
      {custom(
        'vscode-text-field',
        {
          ref: element,
          value,
          size,
          'aria-invalid': problem !== null,
          'aria-describedby': problem === null ? undefined : id,
          class: problem === null ? undefined : 'invalid',
          onInput: () => {
            onInput(element.current?.value ?? '');
          },
          onKeyDown: (event: KeyboardEvent) => {
            if (event.key === 'Enter') onEnter?.();
          },
        },
        label,
      )}
      {problem !== null && (
        <span class="field-problem" id={id}>
          {problem}
        </span>
      )}
    </span>
  );
}

/** A text of several lines. */
export function TextArea({
  label,
  value,
  onInput,
  most,
  rows = 3,
  problem = null,
}: {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** UTF-16 code units that it takes. */
  readonly most: number;
  readonly rows?: number;
  /** What is wrong with the value, or null. */
  readonly problem?: string | null;
}): VNode {
  const id = useId();
  return (
    <span class="field text-area">
      <label class="field-label" for={id}>
        {label}
      </label>
      <textarea
        id={id}
        rows={rows}
        maxLength={most}
        value={value}
        spellcheck={false}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : `${id}-problem`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {problem !== null && (
        <span class="field-problem" id={`${id}-problem`}>
          {problem}
        </span>
      )}
    </span>
  );
}

/** A value on a continuous scale. */
export function Range({
  label,
  value,
  min,
  max,
  step,
  text,
  onInput,
}: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The value in words. */
  readonly text: string;
  readonly onInput: (value: number) => void;
}): VNode {
  const id = useId();
  return (
    <span class="field range">
      <label class="field-label" for={id}>
        {label}
      </label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={text}
        onInput={(event) => {
          onInput(event.currentTarget.valueAsNumber);
        }}
      />
      <span class="range-value">{text}</span>
    </span>
  );
}

/** A choice among a few, all in sight. */
export function Segments<V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: V;
  readonly options: readonly (Choice<V> & { readonly disabled?: boolean; readonly title?: string | undefined })[];
  readonly onChange: (value: V) => void;
}): VNode {
  return (
    <span class="segments" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          type="button"
          key={option.value}
          aria-pressed={option.value === value}
          disabled={option.disabled ?? false}
          title={option.title}
          onClick={() => {
            onChange(option.value);
          }}
        >
          {option.label}
        </button>
      ))}
    </span>
  );
}

interface PanelsElement extends HTMLElement {
  activeid: string;
}

/** Tabs; only the open one has content. */
export function Tabs<V extends string>({
  label,
  active,
  tabs,
  onChange,
  children,
}: {
  readonly label: string;
  readonly active: V;
  readonly tabs: readonly Choice<V>[];
  readonly onChange: (tab: V) => void;
  readonly children: ComponentChildren;
}): VNode {
  const element = useRef<PanelsElement>(null);
  const tabId = (value: string) => `tab-${value}`;
  useLayoutEffect(() => {
    if (element.current && element.current.activeid !== tabId(active)) element.current.activeid = tabId(active);
  }, [active]);
  return custom(
    'vscode-panels',
    {
      ref: element,
      'aria-label': label,
      activeid: tabId(active),
      onChange: (event: Event) => {
        // Controls inside the panels have changes of their own, which come by here as well.
        if (event.target !== element.current) return;
        const chosen = tabs.find((tab) => tabId(tab.value) === element.current?.activeid);
        if (chosen && chosen.value !== active) onChange(chosen.value);
      },
    },
    [
      ...tabs.map((tab) => custom('vscode-panel-tab', { key: tabId(tab.value), id: tabId(tab.value) }, tab.label)),
      ...tabs.map((tab) =>
        custom(
          'vscode-panel-view',
          { key: `view-${tab.value}`, id: `view-${tab.value}` },
          tab.value === active ? children : null,
        ),
      ),
    ],
  );
}
